-- Invitations that are there already keep the language that they have.
ALTER TABLE "Invitation" ADD COLUMN "languageChosen" BOOLEAN NOT NULL DEFAULT true;
