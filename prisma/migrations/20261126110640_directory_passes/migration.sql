-- CreateEnum
CREATE TYPE "DirectoryPhase" AS ENUM ('people', 'groups', 'members');

-- AlterTable
ALTER TABLE "Group" ADD COLUMN     "changedAt" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "Person" ADD COLUMN     "slackChangedAt" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "DirectoryPass" (
    "id" UUID NOT NULL,
    "organisationId" UUID NOT NULL,
    "step" INTEGER NOT NULL DEFAULT 0,
    "phase" "DirectoryPhase" NOT NULL DEFAULT 'people',
    "cursor" TEXT NOT NULL DEFAULT '',
    "people" INTEGER NOT NULL DEFAULT 0,
    "groups" INTEGER NOT NULL DEFAULT 0,
    "begunAt" TIMESTAMPTZ(3) NOT NULL,
    "nextAt" TIMESTAMPTZ(3) NOT NULL,
    "problem" TEXT,
    "withoutGroups" TEXT,
    "finishedAt" TIMESTAMPTZ(3),

    CONSTRAINT "DirectoryPass_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "DirectoryPass_organisationId_finishedAt_idx" ON "DirectoryPass"("organisationId", "finishedAt");

-- AddForeignKey
ALTER TABLE "DirectoryPass" ADD CONSTRAINT "DirectoryPass_organisationId_fkey" FOREIGN KEY ("organisationId") REFERENCES "Organisation"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- One pass of an organisation at a time, however many programs begin one.
CREATE UNIQUE INDEX "DirectoryPass_running" ON "DirectoryPass" ("organisationId") WHERE "finishedAt" IS NULL;

-- Guests of the workspace, whose employee type follows a setting.
CREATE INDEX "Person_guests" ON "Person" ("organisationId", "id") WHERE "isWorkspaceGuest";
