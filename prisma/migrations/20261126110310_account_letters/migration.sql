-- CreateEnum
CREATE TYPE "LetterKind" AS ENUM ('code', 'password_reset', 'password_changed', 'factor_added', 'factor_removed', 'factors_reset', 'recovery_code_used', 'recovery_codes_renewed', 'mobile_changed', 'email_changed');

-- CreateTable
CREATE TABLE "Letter" (
    "id" UUID NOT NULL,
    "organisationId" UUID NOT NULL,
    "personId" UUID NOT NULL,
    "kind" "LetterKind" NOT NULL,
    "detail" TEXT NOT NULL DEFAULT '',
    "channel" "DeliveryChannel" NOT NULL,
    "sentTo" TEXT NOT NULL,
    "codeId" UUID,
    "resetId" UUID,
    "language" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "maybeSentAt" TIMESTAMPTZ(3),
    "sentAt" TIMESTAMPTZ(3),
    "problem" TEXT,

    CONSTRAINT "Letter_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "Letter_personId_createdAt_idx" ON "Letter"("personId", "createdAt");

-- CreateIndex
CREATE INDEX "Letter_createdAt_idx" ON "Letter"("createdAt");

-- CreateTable
CREATE TABLE "ForgottenPassword" (
    "id" UUID NOT NULL,
    "nameKey" TEXT NOT NULL,
    "language" TEXT NOT NULL,
    "askedAt" TIMESTAMPTZ(3) NOT NULL,
    "settledAt" TIMESTAMPTZ(3),

    CONSTRAINT "ForgottenPassword_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "ForgottenPassword_nameKey_askedAt_idx" ON "ForgottenPassword"("nameKey", "askedAt");

-- CreateIndex
CREATE INDEX "ForgottenPassword_askedAt_idx" ON "ForgottenPassword"("askedAt");

-- CreateTable
CREATE TABLE "PasswordReset" (
    "id" UUID NOT NULL,
    "organisationId" UUID NOT NULL,
    "accountId" UUID NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "usedAt" TIMESTAMPTZ(3),
    "endedAt" TIMESTAMPTZ(3),

    CONSTRAINT "PasswordReset_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "PasswordReset_accountId_createdAt_idx" ON "PasswordReset"("accountId", "createdAt");

-- CreateIndex
CREATE INDEX "PasswordReset_createdAt_idx" ON "PasswordReset"("createdAt");
