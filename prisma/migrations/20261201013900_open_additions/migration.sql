-- People with an account who were added to a hub and have not come since: the pass that settles them looks at these alone.
CREATE INDEX "Invitation_open_additions" ON "Invitation" ("personId")
  WHERE "isAddition" AND "status" IN ('pending', 'error');
