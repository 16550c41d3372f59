-- CreateEnum
CREATE TYPE "UserType" AS ENUM ('hub_admin', 'team_member', 'external_member');

-- CreateEnum
CREATE TYPE "Role" AS ENUM ('corporate_admin', 'quality_admin', 'hr_admin', 'team_lead', 'employee');

-- CreateEnum
CREATE TYPE "EmployeeType" AS ENUM ('employee', 'contractor');

-- CreateEnum
CREATE TYPE "InvitationStatus" AS ENUM ('awaiting_approval', 'rejected', 'waiting', 'pending', 'accepted', 'expired', 'revoked', 'error');

-- CreateEnum
CREATE TYPE "AccountStatus" AS ENUM ('active', 'inactive');

-- CreateTable
CREATE TABLE "Organisation" (
    "id" UUID NOT NULL,
    "slackTeamId" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "displayName" TEXT NOT NULL,
    "timeZone" TEXT NOT NULL DEFAULT 'UTC',
    "language" TEXT NOT NULL DEFAULT 'en',
    "notificationChannelId" TEXT,
    "invitationDays" INTEGER NOT NULL DEFAULT 7,
    "messageAppendix" TEXT NOT NULL DEFAULT '',
    "terms" TEXT NOT NULL,
    "termsVersion" INTEGER NOT NULL DEFAULT 1,
    "workspaceAdminsMayDoAll" BOOLEAN NOT NULL DEFAULT true,
    "tellAdminsWhyNotInvited" BOOLEAN NOT NULL DEFAULT false,
    "settingsVersion" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "Organisation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Hub" (
    "id" UUID NOT NULL,
    "organisationId" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "isDefault" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "archivedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Hub_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Department" (
    "id" UUID NOT NULL,
    "organisationId" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "archivedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Department_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Location" (
    "id" UUID NOT NULL,
    "organisationId" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "archivedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Location_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Person" (
    "id" UUID NOT NULL,
    "organisationId" UUID NOT NULL,
    "email" TEXT,
    "emailKey" TEXT,
    "mobile" TEXT,
    "firstName" TEXT NOT NULL DEFAULT '',
    "lastName" TEXT NOT NULL DEFAULT '',
    "role" "Role",
    "employeeType" "EmployeeType",
    "startDate" DATE,
    "departmentId" UUID,
    "locationId" UUID,
    "isActive" BOOLEAN NOT NULL DEFAULT true,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "slackUserId" TEXT,
    "slackName" TEXT,
    "isWorkspaceAdmin" BOOLEAN NOT NULL DEFAULT false,
    "isWorkspaceGuest" BOOLEAN NOT NULL DEFAULT false,
    "slackSeenAt" TIMESTAMPTZ(3),

    CONSTRAINT "Person_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "HubMembership" (
    "hubId" UUID NOT NULL,
    "personId" UUID NOT NULL,
    "userType" "UserType" NOT NULL,
    "joinedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "HubMembership_pkey" PRIMARY KEY ("hubId","personId")
);

-- CreateTable
CREATE TABLE "Account" (
    "id" UUID NOT NULL,
    "organisationId" UUID NOT NULL,
    "personId" UUID NOT NULL,
    "status" "AccountStatus" NOT NULL DEFAULT 'active',
    "passwordHash" TEXT NOT NULL,
    "termsVersion" INTEGER NOT NULL,
    "termsAgreedAt" TIMESTAMPTZ(3) NOT NULL,
    "termsAgreedFrom" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Invitation" (
    "id" UUID NOT NULL,
    "organisationId" UUID NOT NULL,
    "hubId" UUID NOT NULL,
    "personId" UUID NOT NULL,
    "inviterId" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "userType" "UserType" NOT NULL,
    "role" "Role" NOT NULL,
    "departmentId" UUID,
    "locationId" UUID,
    "language" TEXT NOT NULL,
    "note" TEXT NOT NULL DEFAULT '',
    "status" "InvitationStatus" NOT NULL,
    "generation" INTEGER NOT NULL DEFAULT 1,
    "submissionKey" TEXT,
    "isAddition" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "expiresAt" TIMESTAMPTZ(3),
    "sentAt" TIMESTAMPTZ(3),
    "acceptedAt" TIMESTAMPTZ(3),
    "queuedAt" TIMESTAMPTZ(3) NOT NULL,
    "deliveryAttempts" INTEGER NOT NULL DEFAULT 0,
    "nextAttemptAt" TIMESTAMPTZ(3),
    "deliveryProblem" TEXT,
    "maybeSentAt" TIMESTAMPTZ(3),

    CONSTRAINT "Invitation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "AuditEvent" (
    "id" UUID NOT NULL,
    "organisationId" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "act" TEXT NOT NULL,
    "actorId" UUID,
    "actorName" TEXT NOT NULL,
    "subjectKind" TEXT NOT NULL,
    "subjectId" UUID NOT NULL,
    "subjectName" TEXT NOT NULL,
    "origin" TEXT NOT NULL,
    "before" JSONB,
    "after" JSONB,

    CONSTRAINT "AuditEvent_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "SlackReceipt" (
    "key" TEXT NOT NULL,
    "receivedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "SlackReceipt_pkey" PRIMARY KEY ("key")
);

-- CreateIndex
CREATE UNIQUE INDEX "Organisation_slackTeamId_key" ON "Organisation"("slackTeamId");

-- CreateIndex
CREATE UNIQUE INDEX "Hub_organisationId_name_key" ON "Hub"("organisationId", "name");

-- CreateIndex
CREATE UNIQUE INDEX "Department_organisationId_name_key" ON "Department"("organisationId", "name");

-- CreateIndex
CREATE UNIQUE INDEX "Location_organisationId_name_key" ON "Location"("organisationId", "name");

-- CreateIndex
CREATE INDEX "Person_departmentId_idx" ON "Person"("departmentId");

-- CreateIndex
CREATE INDEX "Person_locationId_idx" ON "Person"("locationId");

-- CreateIndex
CREATE UNIQUE INDEX "Person_organisationId_slackUserId_key" ON "Person"("organisationId", "slackUserId");

-- CreateIndex
CREATE UNIQUE INDEX "Person_organisationId_emailKey_key" ON "Person"("organisationId", "emailKey");

-- CreateIndex
CREATE INDEX "HubMembership_personId_idx" ON "HubMembership"("personId");

-- CreateIndex
CREATE UNIQUE INDEX "Account_personId_key" ON "Account"("personId");

-- CreateIndex
CREATE INDEX "Invitation_organisationId_status_createdAt_idx" ON "Invitation"("organisationId", "status", "createdAt");

-- CreateIndex
CREATE INDEX "Invitation_organisationId_createdAt_idx" ON "Invitation"("organisationId", "createdAt");

-- CreateIndex
CREATE INDEX "Invitation_personId_createdAt_idx" ON "Invitation"("personId", "createdAt");

-- CreateIndex
CREATE INDEX "Invitation_inviterId_createdAt_idx" ON "Invitation"("inviterId", "createdAt");

-- CreateIndex
CREATE INDEX "Invitation_hubId_idx" ON "Invitation"("hubId");

-- CreateIndex
CREATE INDEX "Invitation_departmentId_idx" ON "Invitation"("departmentId");

-- CreateIndex
CREATE INDEX "Invitation_locationId_idx" ON "Invitation"("locationId");

-- CreateIndex
CREATE UNIQUE INDEX "Invitation_organisationId_submissionKey_key" ON "Invitation"("organisationId", "submissionKey");

-- CreateIndex
CREATE INDEX "AuditEvent_organisationId_at_id_idx" ON "AuditEvent"("organisationId", "at", "id");

-- CreateIndex
CREATE INDEX "AuditEvent_subjectId_at_idx" ON "AuditEvent"("subjectId", "at");

-- CreateIndex
CREATE INDEX "SlackReceipt_receivedAt_idx" ON "SlackReceipt"("receivedAt");

-- AddForeignKey
ALTER TABLE "Hub" ADD CONSTRAINT "Hub_organisationId_fkey" FOREIGN KEY ("organisationId") REFERENCES "Organisation"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Department" ADD CONSTRAINT "Department_organisationId_fkey" FOREIGN KEY ("organisationId") REFERENCES "Organisation"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Location" ADD CONSTRAINT "Location_organisationId_fkey" FOREIGN KEY ("organisationId") REFERENCES "Organisation"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Person" ADD CONSTRAINT "Person_organisationId_fkey" FOREIGN KEY ("organisationId") REFERENCES "Organisation"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Person" ADD CONSTRAINT "Person_departmentId_fkey" FOREIGN KEY ("departmentId") REFERENCES "Department"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Person" ADD CONSTRAINT "Person_locationId_fkey" FOREIGN KEY ("locationId") REFERENCES "Location"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "HubMembership" ADD CONSTRAINT "HubMembership_hubId_fkey" FOREIGN KEY ("hubId") REFERENCES "Hub"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "HubMembership" ADD CONSTRAINT "HubMembership_personId_fkey" FOREIGN KEY ("personId") REFERENCES "Person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Account" ADD CONSTRAINT "Account_personId_fkey" FOREIGN KEY ("personId") REFERENCES "Person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Invitation" ADD CONSTRAINT "Invitation_hubId_fkey" FOREIGN KEY ("hubId") REFERENCES "Hub"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Invitation" ADD CONSTRAINT "Invitation_personId_fkey" FOREIGN KEY ("personId") REFERENCES "Person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Invitation" ADD CONSTRAINT "Invitation_inviterId_fkey" FOREIGN KEY ("inviterId") REFERENCES "Person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Invitation" ADD CONSTRAINT "Invitation_departmentId_fkey" FOREIGN KEY ("departmentId") REFERENCES "Department"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Invitation" ADD CONSTRAINT "Invitation_locationId_fkey" FOREIGN KEY ("locationId") REFERENCES "Location"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- One open invitation for a person in a hub, whoever asks and however many at once (SPEC, section 2).
CREATE UNIQUE INDEX "Invitation_one_open" ON "Invitation" ("hubId", "personId")
  WHERE "status" IN ('awaiting_approval', 'waiting', 'pending');

-- What the expiry pass looks for, every minute.
CREATE INDEX "Invitation_due" ON "Invitation" ("expiresAt") WHERE "status" = 'pending';

-- One default hub in an organisation.
CREATE UNIQUE INDEX "Hub_one_default" ON "Hub" ("organisationId") WHERE "isDefault";

ALTER TABLE "Organisation" ADD CONSTRAINT "Organisation_invitationDays_range" CHECK ("invitationDays" BETWEEN 1 AND 30);
-- Corporate Admin cannot be given by invitation (SPEC, section 1).
ALTER TABLE "Invitation" ADD CONSTRAINT "Invitation_role_can_be_given" CHECK ("role" <> 'corporate_admin');

-- The audit log is only added to.
CREATE FUNCTION "refuse_audit_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit log is only added to';
END
$$;
CREATE TRIGGER "AuditEvent_only_added_to" BEFORE UPDATE OR DELETE OR TRUNCATE ON "AuditEvent"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_audit_change"();
