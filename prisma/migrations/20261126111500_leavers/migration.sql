-- AlterEnum
ALTER TYPE "RequestStatus" ADD VALUE 'closed';

-- CreateTable
CREATE TABLE "Leaver" (
    "personId" UUID NOT NULL,
    "organisationId" UUID NOT NULL,
    "leftAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Leaver_pkey" PRIMARY KEY ("personId")
);

-- CreateTable
CREATE TABLE "LeaverNews" (
    "id" UUID NOT NULL,
    "organisationId" UUID NOT NULL,
    "personIds" UUID[],
    "linkIds" UUID[],
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "startedAt" TIMESTAMPTZ(3),
    "partOfId" UUID,
    "toldTo" TEXT[],
    "doneAt" TIMESTAMPTZ(3),

    CONSTRAINT "LeaverNews_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "Leaver_organisationId_idx" ON "Leaver"("organisationId");

-- CreateIndex
CREATE INDEX "LeaverNews_organisationId_startedAt_idx" ON "LeaverNews"("organisationId", "startedAt");

-- CreateIndex
CREATE INDEX "LeaverNews_partOfId_idx" ON "LeaverNews"("partOfId");

-- Whoever is inactive already and has sent anything.
INSERT INTO "Leaver" ("personId", "organisationId", "leftAt")
SELECT p."id", p."organisationId", coalesce(p."leftAt", now()) FROM "Person" p WHERE NOT p."isActive"
  AND EXISTS (SELECT 1 FROM "Invitation" i WHERE i."inviterId" = p."id");

-- The two lists that HR works through, in the order of the names.
CREATE INDEX "Person_uncategorised" ON "Person" ("organisationId", "lastName", "firstName", "id")
  WHERE "employeeType" IS NULL AND "isActive";
CREATE INDEX "Person_left" ON "Person" ("organisationId", "lastName", "firstName", "id") WHERE NOT "isActive";

-- Of somebody who was hired again nothing from before counts: neither the invitation, unless it was sent again since, nor
-- the account that was paused because they left.
CREATE OR REPLACE FUNCTION "keep_invitation_status"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "Person" p SET "invitationStatus" = changed."status"
  FROM "changed"
  WHERE p."id" = changed."personId" AND p."invitationStatus" IS DISTINCT FROM changed."status"
    AND (p."hiredAgainAt" IS NULL OR changed."queuedAt" >= p."hiredAgainAt")
    AND NOT EXISTS (SELECT 1 FROM "Invitation" newer WHERE newer."personId" = changed."personId"
      AND (newer."createdAt", newer."id") > (changed."createdAt", changed."id"));
  RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION "keep_account_status"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "Person" p SET "accountStatus" = CASE WHEN changed."leftAt" IS NULL OR NOT p."isActive" THEN changed."status" END
  FROM "changed" WHERE p."id" = changed."personId" AND p."accountStatus" IS DISTINCT FROM
    CASE WHEN changed."leftAt" IS NULL OR NOT p."isActive" THEN changed."status" END;
  RETURN NULL;
END
$$;

CREATE FUNCTION "begin_again"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW."invitationStatus" := NULL;
  NEW."accountStatus" := (SELECT a."status" FROM "Account" a WHERE a."personId" = NEW."id" AND a."leftAt" IS NULL);
  RETURN NEW;
END
$$;
CREATE TRIGGER "Person_hired_again" BEFORE UPDATE OF "isActive" ON "Person" FOR EACH ROW
  WHEN (NEW."isActive" AND NOT OLD."isActive") EXECUTE FUNCTION "begin_again"();
