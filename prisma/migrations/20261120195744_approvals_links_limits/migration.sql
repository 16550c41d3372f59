-- CreateEnum
CREATE TYPE "RequestStatus" AS ENUM ('open', 'approved', 'rejected', 'lapsed');

-- CreateEnum
CREATE TYPE "BookingStatus" AS ENUM ('booked', 'sent', 'refused', 'cancelled');

-- AlterEnum
-- This migration adds more than one value to an enum.
-- With PostgreSQL versions 11 and earlier, this is not possible
-- in a single migration. This can be worked around by creating
-- multiple migrations, each migration adding only one value to
-- the enum.


ALTER TYPE "BatchStatus" ADD VALUE 'awaiting_approval';
ALTER TYPE "BatchStatus" ADD VALUE 'rejected';

-- DropIndex
DROP INDEX "Invitation_listed";

-- AlterTable
ALTER TABLE "Invitation" ADD COLUMN     "registrationLinkId" UUID;

-- AlterTable
ALTER TABLE "Organisation" ADD COLUMN     "approvalHours" INTEGER NOT NULL DEFAULT 24,
ADD COLUMN     "approvalsChannelId" TEXT,
ADD COLUMN     "confirmOnlyByEmail" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "hourlyLimit" INTEGER NOT NULL DEFAULT 30,
ADD COLUMN     "listThreshold" INTEGER NOT NULL DEFAULT 500;

-- CreateTable
CREATE TABLE "ApprovalRequest" (
    "id" UUID NOT NULL,
    "organisationId" UUID NOT NULL,
    "requesterId" UUID NOT NULL,
    "invitationId" UUID,
    "batchId" UUID,
    "status" "RequestStatus" NOT NULL DEFAULT 'open',
    "hubId" UUID NOT NULL,
    "departmentId" UUID,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "escalatesAt" TIMESTAMPTZ(3),
    "lapsesAt" TIMESTAMPTZ(3) NOT NULL,
    "decidedAt" TIMESTAMPTZ(3),
    "decidedById" UUID,
    "answer" TEXT NOT NULL DEFAULT '',

    CONSTRAINT "ApprovalRequest_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "RequestMessage" (
    "requestId" UUID NOT NULL,
    "channel" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "sentTo" TEXT NOT NULL,

    CONSTRAINT "RequestMessage_pkey" PRIMARY KEY ("requestId","sentTo")
);

-- CreateTable
CREATE TABLE "Sending" (
    "id" UUID NOT NULL,
    "organisationId" UUID NOT NULL,
    "actorId" UUID,
    "emailKey" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "isSingle" BOOLEAN NOT NULL,

    CONSTRAINT "Sending_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Booking" (
    "id" UUID NOT NULL,
    "organisationId" UUID NOT NULL,
    "actorId" UUID NOT NULL,
    "form" JSONB NOT NULL,
    "email" TEXT NOT NULL,
    "dueAt" TIMESTAMPTZ(3) NOT NULL,
    "status" "BookingStatus" NOT NULL DEFAULT 'booked',
    "reason" TEXT NOT NULL DEFAULT '',
    "createdAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Booking_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "RegistrationLink" (
    "id" UUID NOT NULL,
    "organisationId" UUID NOT NULL,
    "hubId" UUID NOT NULL,
    "userType" "UserType" NOT NULL,
    "role" "Role",
    "isOn" BOOLEAN NOT NULL DEFAULT false,
    "ownerId" UUID,
    "generation" INTEGER NOT NULL DEFAULT 1,
    "endsAt" TIMESTAMPTZ(3),
    "mostUses" INTEGER,
    "domains" TEXT[],
    "needsApproval" BOOLEAN NOT NULL DEFAULT false,
    "pausedAt" TIMESTAMPTZ(3),
    "opened" INTEGER NOT NULL DEFAULT 0,
    "asked" INTEGER NOT NULL DEFAULT 0,
    "used" INTEGER NOT NULL DEFAULT 0,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "RegistrationLink_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "RegistrationAsk" (
    "id" UUID NOT NULL,
    "organisationId" UUID NOT NULL,
    "linkId" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "emailKey" TEXT NOT NULL,
    "askedAt" TIMESTAMPTZ(3) NOT NULL,
    "outcome" TEXT NOT NULL,
    "language" TEXT NOT NULL DEFAULT 'en',
    "toldAt" TIMESTAMPTZ(3),

    CONSTRAINT "RegistrationAsk_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "AuditSeal" (
    "organisationId" UUID NOT NULL,
    "sequence" BIGINT NOT NULL,
    "eventId" UUID NOT NULL,
    "hash" TEXT NOT NULL,
    "sealedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "AuditSeal_pkey" PRIMARY KEY ("organisationId","sequence")
);

-- CreateIndex
CREATE UNIQUE INDEX "ApprovalRequest_invitationId_key" ON "ApprovalRequest"("invitationId");

-- CreateIndex
CREATE UNIQUE INDEX "ApprovalRequest_batchId_key" ON "ApprovalRequest"("batchId");

-- CreateIndex
CREATE INDEX "ApprovalRequest_organisationId_status_createdAt_idx" ON "ApprovalRequest"("organisationId", "status", "createdAt");

-- CreateIndex
CREATE INDEX "ApprovalRequest_status_escalatesAt_idx" ON "ApprovalRequest"("status", "escalatesAt");

-- CreateIndex
CREATE INDEX "ApprovalRequest_status_lapsesAt_idx" ON "ApprovalRequest"("status", "lapsesAt");

-- CreateIndex
CREATE INDEX "ApprovalRequest_requesterId_createdAt_idx" ON "ApprovalRequest"("requesterId", "createdAt");

-- CreateIndex
CREATE INDEX "Sending_actorId_isSingle_at_idx" ON "Sending"("actorId", "isSingle", "at");

-- CreateIndex
CREATE INDEX "Sending_organisationId_emailKey_at_idx" ON "Sending"("organisationId", "emailKey", "at");

-- CreateIndex
CREATE INDEX "Sending_at_idx" ON "Sending"("at");

-- CreateIndex
CREATE INDEX "Booking_status_dueAt_idx" ON "Booking"("status", "dueAt");

-- CreateIndex
CREATE INDEX "Booking_actorId_status_dueAt_idx" ON "Booking"("actorId", "status", "dueAt");

-- CreateIndex
CREATE INDEX "RegistrationLink_organisationId_idx" ON "RegistrationLink"("organisationId");

-- CreateIndex
CREATE UNIQUE INDEX "RegistrationLink_hubId_userType_key" ON "RegistrationLink"("hubId", "userType");

-- CreateIndex
CREATE INDEX "RegistrationAsk_linkId_askedAt_idx" ON "RegistrationAsk"("linkId", "askedAt");

-- CreateIndex
CREATE INDEX "RegistrationAsk_askedAt_idx" ON "RegistrationAsk"("askedAt");

-- CreateIndex
CREATE UNIQUE INDEX "AuditSeal_eventId_key" ON "AuditSeal"("eventId");

-- CreateIndex
CREATE INDEX "Invitation_registrationLinkId_idx" ON "Invitation"("registrationLinkId");

-- AddForeignKey
ALTER TABLE "Invitation" ADD CONSTRAINT "Invitation_registrationLinkId_fkey" FOREIGN KEY ("registrationLinkId") REFERENCES "RegistrationLink"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ApprovalRequest" ADD CONSTRAINT "ApprovalRequest_requesterId_fkey" FOREIGN KEY ("requesterId") REFERENCES "Person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ApprovalRequest" ADD CONSTRAINT "ApprovalRequest_decidedById_fkey" FOREIGN KEY ("decidedById") REFERENCES "Person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ApprovalRequest" ADD CONSTRAINT "ApprovalRequest_invitationId_fkey" FOREIGN KEY ("invitationId") REFERENCES "Invitation"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ApprovalRequest" ADD CONSTRAINT "ApprovalRequest_batchId_fkey" FOREIGN KEY ("batchId") REFERENCES "Batch"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RequestMessage" ADD CONSTRAINT "RequestMessage_requestId_fkey" FOREIGN KEY ("requestId") REFERENCES "ApprovalRequest"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Booking" ADD CONSTRAINT "Booking_actorId_fkey" FOREIGN KEY ("actorId") REFERENCES "Person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RegistrationLink" ADD CONSTRAINT "RegistrationLink_hubId_fkey" FOREIGN KEY ("hubId") REFERENCES "Hub"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RegistrationLink" ADD CONSTRAINT "RegistrationLink_ownerId_fkey" FOREIGN KEY ("ownerId") REFERENCES "Person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RegistrationAsk" ADD CONSTRAINT "RegistrationAsk_linkId_fkey" FOREIGN KEY ("linkId") REFERENCES "RegistrationLink"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "Organisation" ADD CONSTRAINT "Organisation_limits_range" CHECK (
  "hourlyLimit" BETWEEN 1 AND 1000 AND "listThreshold" BETWEEN 1 AND 10000 AND "approvalHours" BETWEEN 1 AND 168);
-- One of the two is asked for.
ALTER TABLE "ApprovalRequest" ADD CONSTRAINT "ApprovalRequest_one_subject"
  CHECK (("invitationId" IS NULL) <> ("batchId" IS NULL));
-- A link that is on has a role, and somebody in whose name it invites; Corporate Admin is never given by one.
ALTER TABLE "RegistrationLink" ADD CONSTRAINT "RegistrationLink_on_is_whole"
  CHECK (NOT "isOn" OR ("role" IS NOT NULL AND "ownerId" IS NOT NULL));
ALTER TABLE "RegistrationLink" ADD CONSTRAINT "RegistrationLink_role_can_be_given"
  CHECK ("role" IS NULL OR "role" <> 'corporate_admin');
-- The last use cannot be used twice, whoever comes at once.
ALTER TABLE "RegistrationLink" ADD CONSTRAINT "RegistrationLink_uses" CHECK ("mostUses" IS NULL OR "used" <= "mostUses");
CREATE TRIGGER "AuditSeal_only_added_to" BEFORE UPDATE OR DELETE OR TRUNCATE ON "AuditSeal"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_audit_change"();
