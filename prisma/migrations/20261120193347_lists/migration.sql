-- CreateEnum
CREATE TYPE "BatchSource" AS ENUM ('pasted', 'file', 'people', 'import');

-- CreateEnum
CREATE TYPE "BatchStatus" AS ENUM ('draft', 'confirmed', 'undone', 'done');

-- CreateEnum
CREATE TYPE "RowVerdict" AS ENUM ('good', 'malformed', 'repeated', 'refused', 'invited', 'could_not');

-- AlterTable
ALTER TABLE "Invitation" ADD COLUMN     "batchId" UUID;

-- AlterTable
ALTER TABLE "Person" ADD COLUMN     "accountStatus" "AccountStatus",
ADD COLUMN     "invitationStatus" "InvitationStatus";

-- CreateTable
CREATE TABLE "Group" (
    "id" UUID NOT NULL,
    "organisationId" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Group_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "GroupMembership" (
    "groupId" UUID NOT NULL,
    "personId" UUID NOT NULL,

    CONSTRAINT "GroupMembership_pkey" PRIMARY KEY ("groupId","personId")
);

-- CreateTable
CREATE TABLE "Batch" (
    "id" UUID NOT NULL,
    "organisationId" UUID NOT NULL,
    "inviterId" UUID NOT NULL,
    "source" "BatchSource" NOT NULL,
    "status" "BatchStatus" NOT NULL DEFAULT 'draft',
    "pasted" TEXT NOT NULL DEFAULT '',
    "fileName" TEXT NOT NULL DEFAULT '',
    "hubId" UUID,
    "userType" "UserType",
    "role" "Role",
    "departmentId" UUID,
    "locationId" UUID,
    "language" TEXT,
    "note" TEXT NOT NULL DEFAULT '',
    "sendInvitations" BOOLEAN NOT NULL DEFAULT true,
    "contentKey" TEXT NOT NULL DEFAULT '',
    "good" INTEGER NOT NULL DEFAULT 0,
    "malformed" INTEGER NOT NULL DEFAULT 0,
    "repeated" INTEGER NOT NULL DEFAULT 0,
    "refused" INTEGER NOT NULL DEFAULT 0,
    "invited" INTEGER NOT NULL DEFAULT 0,
    "couldNot" INTEGER NOT NULL DEFAULT 0,
    "added" INTEGER NOT NULL DEFAULT 0,
    "changed" INTEGER NOT NULL DEFAULT 0,
    "unchanged" INTEGER NOT NULL DEFAULT 0,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "confirmedAt" TIMESTAMPTZ(3),
    "startsAt" TIMESTAMPTZ(3),
    "finishedAt" TIMESTAMPTZ(3),
    "progressChannel" TEXT,
    "progressMessage" TEXT,

    CONSTRAINT "Batch_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "BatchRow" (
    "batchId" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "line" INTEGER NOT NULL,
    "written" TEXT NOT NULL,
    "emailKey" TEXT,
    "person" JSONB NOT NULL,
    "verdict" "RowVerdict" NOT NULL,
    "reason" TEXT NOT NULL DEFAULT '',
    "invitationId" UUID,

    CONSTRAINT "BatchRow_pkey" PRIMARY KEY ("batchId","position")
);

-- CreateIndex
CREATE UNIQUE INDEX "Group_organisationId_name_key" ON "Group"("organisationId", "name");

-- CreateIndex
CREATE INDEX "GroupMembership_personId_idx" ON "GroupMembership"("personId");

-- CreateIndex
CREATE INDEX "Batch_organisationId_contentKey_confirmedAt_idx" ON "Batch"("organisationId", "contentKey", "confirmedAt");

-- CreateIndex
CREATE INDEX "Batch_inviterId_confirmedAt_idx" ON "Batch"("inviterId", "confirmedAt");

-- CreateIndex
CREATE INDEX "Batch_status_createdAt_idx" ON "Batch"("status", "createdAt");

-- CreateIndex
CREATE INDEX "BatchRow_batchId_verdict_position_idx" ON "BatchRow"("batchId", "verdict", "position");

-- CreateIndex
CREATE INDEX "Invitation_batchId_status_idx" ON "Invitation"("batchId", "status");

-- CreateIndex
CREATE INDEX "Person_organisationId_lastName_firstName_id_idx" ON "Person"("organisationId", "lastName", "firstName", "id");

-- CreateIndex
CREATE INDEX "Person_organisationId_invitationStatus_lastName_firstName_i_idx" ON "Person"("organisationId", "invitationStatus", "lastName", "firstName", "id");

-- CreateIndex
CREATE INDEX "Person_organisationId_accountStatus_lastName_firstName_id_idx" ON "Person"("organisationId", "accountStatus", "lastName", "firstName", "id");

-- AddForeignKey
ALTER TABLE "Group" ADD CONSTRAINT "Group_organisationId_fkey" FOREIGN KEY ("organisationId") REFERENCES "Organisation"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "GroupMembership" ADD CONSTRAINT "GroupMembership_groupId_fkey" FOREIGN KEY ("groupId") REFERENCES "Group"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "GroupMembership" ADD CONSTRAINT "GroupMembership_personId_fkey" FOREIGN KEY ("personId") REFERENCES "Person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Invitation" ADD CONSTRAINT "Invitation_batchId_fkey" FOREIGN KEY ("batchId") REFERENCES "Batch"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Batch" ADD CONSTRAINT "Batch_organisationId_fkey" FOREIGN KEY ("organisationId") REFERENCES "Organisation"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Batch" ADD CONSTRAINT "Batch_inviterId_fkey" FOREIGN KEY ("inviterId") REFERENCES "Person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "BatchRow" ADD CONSTRAINT "BatchRow_batchId_fkey" FOREIGN KEY ("batchId") REFERENCES "Batch"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Where a person stands, kept beside them: the newest invitation's status and the account's. A list of people is then
-- read from one index, and no act can forget to say so. One statement for all rows of an act (transition tables).
CREATE FUNCTION "keep_invitation_status"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "Person" p SET "invitationStatus" = changed."status"
  FROM "changed"
  WHERE p."id" = changed."personId" AND p."invitationStatus" IS DISTINCT FROM changed."status"
    AND NOT EXISTS (SELECT 1 FROM "Invitation" newer WHERE newer."personId" = changed."personId"
      AND (newer."createdAt", newer."id") > (changed."createdAt", changed."id"));
  RETURN NULL;
END
$$;
CREATE TRIGGER "Invitation_status_asked" AFTER INSERT ON "Invitation" REFERENCING NEW TABLE AS "changed"
  FOR EACH STATEMENT EXECUTE FUNCTION "keep_invitation_status"();
CREATE TRIGGER "Invitation_status_changed" AFTER UPDATE ON "Invitation" REFERENCING NEW TABLE AS "changed"
  FOR EACH STATEMENT EXECUTE FUNCTION "keep_invitation_status"();

CREATE FUNCTION "keep_account_status"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "Person" p SET "accountStatus" = changed."status"
  FROM "changed" WHERE p."id" = changed."personId" AND p."accountStatus" IS DISTINCT FROM changed."status";
  RETURN NULL;
END
$$;
CREATE TRIGGER "Account_status_made" AFTER INSERT ON "Account" REFERENCING NEW TABLE AS "changed"
  FOR EACH STATEMENT EXECUTE FUNCTION "keep_account_status"();
CREATE TRIGGER "Account_status_changed" AFTER UPDATE ON "Account" REFERENCING NEW TABLE AS "changed"
  FOR EACH STATEMENT EXECUTE FUNCTION "keep_account_status"();

-- What is there already.
UPDATE "Person" p SET "invitationStatus" = (SELECT i."status" FROM "Invitation" i WHERE i."personId" = p."id"
  ORDER BY i."createdAt" DESC, i."id" DESC LIMIT 1), "accountStatus" = (SELECT a."status" FROM "Account" a WHERE a."personId" = p."id");
