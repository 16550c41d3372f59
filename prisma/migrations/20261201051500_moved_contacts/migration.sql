-- CreateTable
CREATE TABLE "MovedInvitation" (
    "invitationId" UUID NOT NULL,
    "before" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "MovedInvitation_pkey" PRIMARY KEY ("invitationId")
);

-- CreateIndex
CREATE INDEX "MovedInvitation_at_idx" ON "MovedInvitation"("at");

-- Whoever changes somebody's address or phone number, in whichever part of Usher: in the same moment nothing works any more
-- that went to the former one. Links to a new password end, codes by email too, sessions and sign-ins on the way as well;
-- the links of open invitations die, and their messages go to the present contact (src/invitations/renew-moved.ts).
CREATE OR REPLACE FUNCTION "note_address_move"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  "mailMoved" boolean := OLD."emailKey" IS NOT NULL AND OLD."emailKey" IS DISTINCT FROM NEW."emailKey";
  "phoneMoved" boolean := OLD."mobile" IS NOT NULL AND OLD."mobile" IS DISTINCT FROM NEW."mobile";
  -- In a RETURNING clause, OLD is the row that the statement changed.
  "formerMail" text := OLD."email";
  "formerPhone" text := OLD."mobile";
BEGIN
  IF "mailMoved" OR ("phoneMoved" AND NEW."emailKey" IS NULL) THEN
    UPDATE "PasswordReset" SET "endedAt" = now() WHERE "usedAt" IS NULL AND "endedAt" IS NULL
      AND "accountId" = (SELECT "id" FROM "Account" WHERE "personId" = NEW."id");
  END IF;
  IF "mailMoved" THEN
    IF NEW."emailKey" IS NOT NULL THEN
      INSERT INTO "AddressMove" ("id", "personId", "before", "at")
      SELECT gen_random_uuid(), NEW."id", OLD."email", now()
      WHERE EXISTS (SELECT 1 FROM "Account" WHERE "personId" = NEW."id");
    END IF;
    UPDATE "OneTimeCode" SET "expiresAt" = "createdAt"
      WHERE "personId" = NEW."id" AND "kind" = 'email' AND "usedAt" IS NULL;
    -- A factor that is being set up was proved, if at all, at the former address.
    DELETE FROM "SecondFactor" WHERE "personId" = NEW."id" AND "kind" = 'email' AND "boundTo" IS NOT NULL;
    UPDATE "SecondFactor" SET "address" = NEW."email"
      WHERE "personId" = NEW."id" AND "kind" = 'email' AND "boundTo" IS NULL;
    DELETE FROM "SignIn" WHERE "accountIds" && ARRAY(SELECT "id" FROM "Account" WHERE "personId" = NEW."id");
    DELETE FROM "Session" WHERE "accountId" = (SELECT "id" FROM "Account" WHERE "personId" = NEW."id");
  END IF;
  WITH moved AS (
    UPDATE "Invitation" i SET "generation" = i."generation" + 1,
      "email" = coalesce(CASE i."channel" WHEN 'sms' THEN NEW."mobile" ELSE NEW."email" END, i."email")
    WHERE i."personId" = NEW."id" AND i."status" IN ('awaiting_approval', 'waiting', 'pending')
      AND ((i."channel" = 'email' AND "mailMoved") OR (i."channel" = 'sms' AND "phoneMoved"))
    RETURNING i."id", CASE i."channel" WHEN 'sms' THEN "formerPhone" ELSE "formerMail" END AS "before"
  )
  INSERT INTO "MovedInvitation" ("invitationId", "before", "at") SELECT "id", coalesce("before", ''), now() FROM moved
  ON CONFLICT DO NOTHING;
  -- Whoever is in the hub already and has not been told yet is told at the present contact.
  UPDATE "Invitation" i SET "email" = CASE i."channel" WHEN 'sms' THEN NEW."mobile" ELSE NEW."email" END
  WHERE i."personId" = NEW."id" AND i."isAddition" AND i."sentAt" IS NULL
    AND ((i."channel" = 'email' AND "mailMoved" AND NEW."email" IS NOT NULL)
      OR (i."channel" = 'sms' AND "phoneMoved" AND NEW."mobile" IS NOT NULL));
  RETURN NULL;
END $$;

DROP TRIGGER "Person_address_moved" ON "Person";
CREATE TRIGGER "Person_contact_moved" AFTER UPDATE OF "emailKey", "mobile" ON "Person" FOR EACH ROW
  WHEN ((OLD."emailKey" IS NOT NULL AND OLD."emailKey" IS DISTINCT FROM NEW."emailKey")
    OR (OLD."mobile" IS NOT NULL AND OLD."mobile" IS DISTINCT FROM NEW."mobile"))
  EXECUTE FUNCTION "note_address_move"();
