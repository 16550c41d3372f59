-- CreateEnum
CREATE TYPE "AutoRuleStatus" AS ENUM ('draft', 'on', 'off');

-- CreateTable
CREATE TABLE "AutoRule" (
    "id" UUID NOT NULL,
    "organisationId" UUID NOT NULL,
    "status" "AutoRuleStatus" NOT NULL DEFAULT 'draft',
    "hubId" UUID NOT NULL,
    "userType" "UserType" NOT NULL,
    "role" "Role" NOT NULL,
    "departmentId" UUID,
    "locationId" UUID,
    "language" TEXT,
    "withoutStartDate" BOOLEAN NOT NULL DEFAULT false,
    "mostInPass" INTEGER NOT NULL DEFAULT 50,
    "ownerId" UUID NOT NULL,
    "replacesId" UUID,
    "consent" BOOLEAN NOT NULL DEFAULT false,
    "consentedAt" TIMESTAMPTZ(3),
    "turnedOffAt" TIMESTAMPTZ(3),
    "stoppedBecause" TEXT,
    "passedAt" TIMESTAMPTZ(3),
    "heldAt" TIMESTAMPTZ(3),
    "heldCount" INTEGER NOT NULL DEFAULT 0,
    "agreedAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "AutoRule_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "AutoRuleGroup" (
    "ruleId" UUID NOT NULL,
    "groupId" UUID NOT NULL,

    CONSTRAINT "AutoRuleGroup_pkey" PRIMARY KEY ("ruleId","groupId")
);

-- CreateTable
CREATE TABLE "AutoHeld" (
    "ruleId" UUID NOT NULL,
    "personId" UUID NOT NULL,

    CONSTRAINT "AutoHeld_pkey" PRIMARY KEY ("ruleId","personId")
);

-- CreateTable
CREATE TABLE "AutoTold" (
    "ruleId" UUID NOT NULL,
    "what" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "sentTo" TEXT NOT NULL,

    CONSTRAINT "AutoTold_pkey" PRIMARY KEY ("ruleId","what","at","sentTo")
);

-- CreateIndex
CREATE INDEX "AutoRule_organisationId_status_idx" ON "AutoRule"("organisationId", "status");

-- CreateIndex
CREATE INDEX "AutoRule_ownerId_idx" ON "AutoRule"("ownerId");

-- CreateIndex
CREATE INDEX "AutoRuleGroup_groupId_idx" ON "AutoRuleGroup"("groupId");

-- AddForeignKey
ALTER TABLE "AutoRule" ADD CONSTRAINT "AutoRule_hubId_fkey" FOREIGN KEY ("hubId") REFERENCES "Hub"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "AutoRule" ADD CONSTRAINT "AutoRule_ownerId_fkey" FOREIGN KEY ("ownerId") REFERENCES "Person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "AutoRuleGroup" ADD CONSTRAINT "AutoRuleGroup_ruleId_fkey" FOREIGN KEY ("ruleId") REFERENCES "AutoRule"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "AutoRuleGroup" ADD CONSTRAINT "AutoRuleGroup_groupId_fkey" FOREIGN KEY ("groupId") REFERENCES "Group"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "AutoHeld" ADD CONSTRAINT "AutoHeld_ruleId_fkey" FOREIGN KEY ("ruleId") REFERENCES "AutoRule"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "AutoTold" ADD CONSTRAINT "AutoTold_ruleId_fkey" FOREIGN KEY ("ruleId") REFERENCES "AutoRule"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- One of an organisation is on or off.
CREATE UNIQUE INDEX "AutoRule_one" ON "AutoRule" ("organisationId") WHERE "status" <> 'draft';

-- Who can become due: never invited, by the day from which they are; without one, behind all others. Whoever was invited
-- is in it no more.
CREATE INDEX "Person_never_invited" ON "Person" ("organisationId", (coalesce("startDate", 'infinity'::date)))
  WHERE "isActive" AND "employeeType" IS NOT NULL AND "emailKey" IS NOT NULL AND "invitationStatus" IS NULL
    AND "accountStatus" IS NULL;
