-- CreateEnum
CREATE TYPE "GroupSource" AS ENUM ('import', 'slack', 'scim');

-- CreateEnum
CREATE TYPE "DeliveryChannel" AS ENUM ('email', 'sms', 'slip');

-- CreateEnum
CREATE TYPE "DeliveryMode" AS ENUM ('link', 'credentials');

-- AlterEnum
ALTER TYPE "BatchSource" ADD VALUE 'auto';

-- DropIndex
DROP INDEX "Group_organisationId_name_key";

-- AlterTable
ALTER TABLE "Account" ADD COLUMN     "leftAt" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "Group" ADD COLUMN     "deletedAt" TIMESTAMPTZ(3),
ADD COLUMN     "externalId" TEXT,
ADD COLUMN     "source" "GroupSource" NOT NULL DEFAULT 'import';
-- Two groups whose names differ in capitals alone stay two.
UPDATE "Group" g SET "externalId" = CASE WHEN EXISTS (SELECT 1 FROM "Group" other
    WHERE other."organisationId" = g."organisationId" AND lower(other."name") = lower(g."name") AND other."id" < g."id")
  THEN lower(g."name") || ' ' || g."id" ELSE lower(g."name") END;
ALTER TABLE "Group" ALTER COLUMN "externalId" SET NOT NULL;

-- AlterTable
ALTER TABLE "Invitation" ADD COLUMN     "bouncedAt" TIMESTAMPTZ(3),
ADD COLUMN     "carriedById" UUID,
ADD COLUMN     "channel" "DeliveryChannel" NOT NULL DEFAULT 'email',
ADD COLUMN     "mode" "DeliveryMode" NOT NULL DEFAULT 'link',
ADD COLUMN     "nextReminderAt" TIMESTAMPTZ(3),
ADD COLUMN     "remindersSent" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "InvitationOpening" ADD COLUMN     "startedAt" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "Organisation" ADD COLUMN     "guestsAreContractors" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "remindDayBefore" BOOLEAN NOT NULL DEFAULT true,
ADD COLUMN     "remindHalfWay" BOOLEAN NOT NULL DEFAULT true,
ADD COLUMN     "secondFactorRequired" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "slackSignIn" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "slipDays" INTEGER NOT NULL DEFAULT 90,
ADD COLUMN     "smsCountries" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "smsDailyLimit" INTEGER NOT NULL DEFAULT 200,
ADD COLUMN     "weeklyDigest" BOOLEAN NOT NULL DEFAULT true;

-- AlterTable
ALTER TABLE "Person" ADD COLUMN     "activity" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "hiredAgainAt" TIMESTAMPTZ(3),
ADD COLUMN     "language" TEXT,
ADD COLUMN     "leftAt" TIMESTAMPTZ(3),
ADD COLUMN     "sources" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "userName" TEXT,
ADD COLUMN     "userNameKey" TEXT;

-- CreateIndex
CREATE INDEX "Group_organisationId_name_idx" ON "Group"("organisationId", "name");

-- CreateIndex
CREATE UNIQUE INDEX "Group_organisationId_source_externalId_key" ON "Group"("organisationId", "source", "externalId");

-- CreateIndex
CREATE UNIQUE INDEX "Person_organisationId_userNameKey_key" ON "Person"("organisationId", "userNameKey");

-- What each source has said so far of being active, as far as it is known.
UPDATE "Person" SET "activity" = CASE WHEN "slackUserId" IS NULL THEN '{"csv": false}' ELSE '{"slack": false}' END::jsonb
  WHERE NOT "isActive";
UPDATE "Person" SET "activity" = '{"slack": true}' WHERE "isActive" AND "slackUserId" IS NOT NULL;

-- Which reminders are due, and which invitations went out with the message of another.
CREATE INDEX "Invitation_reminders" ON "Invitation" ("nextReminderAt") WHERE "nextReminderAt" IS NOT NULL;
CREATE INDEX "Invitation_carried" ON "Invitation" ("carriedById") WHERE "carriedById" IS NOT NULL;
