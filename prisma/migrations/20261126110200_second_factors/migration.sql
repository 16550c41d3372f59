-- CreateEnum
CREATE TYPE "FactorKind" AS ENUM ('email', 'sms', 'app');

-- CreateTable
CREATE TABLE "SecondFactor" (
    "id" UUID NOT NULL,
    "organisationId" UUID NOT NULL,
    "personId" UUID NOT NULL,
    "kind" "FactorKind" NOT NULL,
    "address" TEXT,
    "sealedKey" TEXT,
    "lastStep" INTEGER,
    "boundTo" UUID,
    "provedAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "SecondFactor_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "OneTimeCode" (
    "id" UUID NOT NULL,
    "organisationId" UUID NOT NULL,
    "personId" UUID NOT NULL,
    "kind" "FactorKind" NOT NULL,
    "factorId" UUID NOT NULL,
    "boundTo" UUID NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "usedAt" TIMESTAMPTZ(3),

    CONSTRAINT "OneTimeCode_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "RecoveryCode" (
    "id" UUID NOT NULL,
    "personId" UUID NOT NULL,
    "hash" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "usedAt" TIMESTAMPTZ(3),

    CONSTRAINT "RecoveryCode_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "FactorGuard" (
    "personId" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "wrong" INTEGER NOT NULL DEFAULT 0,
    "lastWrongAt" TIMESTAMPTZ(3) NOT NULL,
    "waitUntil" TIMESTAMPTZ(3),

    CONSTRAINT "FactorGuard_pkey" PRIMARY KEY ("personId","kind")
);

-- CreateTable
CREATE TABLE "Passage" (
    "id" UUID NOT NULL,
    "tokenHash" TEXT NOT NULL,
    "organisationId" UUID NOT NULL,
    "invitationId" UUID NOT NULL,
    "generation" INTEGER NOT NULL,
    "personId" UUID NOT NULL,
    "passwordHash" TEXT NOT NULL,
    "firstName" TEXT NOT NULL,
    "lastName" TEXT NOT NULL,
    "mobile" TEXT,
    "codesKeptAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Passage_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "TermsAgreement" (
    "accountId" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "agreedAt" TIMESTAMPTZ(3) NOT NULL,
    "from" TEXT NOT NULL,

    CONSTRAINT "TermsAgreement_pkey" PRIMARY KEY ("accountId","version")
);

-- CreateIndex
CREATE INDEX "SecondFactor_personId_idx" ON "SecondFactor"("personId");

-- CreateIndex
CREATE INDEX "OneTimeCode_personId_kind_createdAt_idx" ON "OneTimeCode"("personId", "kind", "createdAt");

-- CreateIndex
CREATE INDEX "OneTimeCode_createdAt_idx" ON "OneTimeCode"("createdAt");

-- CreateIndex
CREATE UNIQUE INDEX "RecoveryCode_personId_hash_key" ON "RecoveryCode"("personId", "hash");

-- CreateIndex
CREATE INDEX "FactorGuard_lastWrongAt_idx" ON "FactorGuard"("lastWrongAt");

-- CreateIndex
CREATE UNIQUE INDEX "Passage_tokenHash_key" ON "Passage"("tokenHash");

-- CreateIndex
CREATE INDEX "Passage_invitationId_idx" ON "Passage"("invitationId");

-- CreateIndex
CREATE INDEX "Passage_expiresAt_idx" ON "Passage"("expiresAt");

-- AddForeignKey
ALTER TABLE "SecondFactor" ADD CONSTRAINT "SecondFactor_personId_fkey" FOREIGN KEY ("personId") REFERENCES "Person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RecoveryCode" ADD CONSTRAINT "RecoveryCode_personId_fkey" FOREIGN KEY ("personId") REFERENCES "Person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "TermsAgreement" ADD CONSTRAINT "TermsAgreement_accountId_fkey" FOREIGN KEY ("accountId") REFERENCES "Account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- One of each kind that counts, and one at a time that is being set up.
CREATE UNIQUE INDEX "SecondFactor_counts" ON "SecondFactor" ("personId", "kind") WHERE "boundTo" IS NULL;
CREATE UNIQUE INDEX "SecondFactor_in_hand" ON "SecondFactor" ("boundTo") WHERE "boundTo" IS NOT NULL;

-- Agreements so far.
INSERT INTO "TermsAgreement" ("accountId", "version", "agreedAt", "from")
  SELECT "id", "termsVersion", "termsAgreedAt", "termsAgreedFrom" FROM "Account";
