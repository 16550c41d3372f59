-- AlterTable
-- What is there was sealed without a key. Without a default, an older Usher that still runs beside the new one can no longer
-- add to the chain.
ALTER TABLE "AuditSeal" ADD COLUMN     "isKeyed" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "AuditSeal" ALTER COLUMN "isKeyed" DROP DEFAULT;

-- AlterTable
ALTER TABLE "Organisation" ADD COLUMN     "auditSealInChannel" BOOLEAN NOT NULL DEFAULT true;

-- CreateTable
CREATE TABLE "AuditAnchor" (
    "id" UUID NOT NULL,
    "organisationId" UUID NOT NULL,
    "day" DATE NOT NULL,
    "sequence" BIGINT NOT NULL,
    "hash" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "postedAt" TIMESTAMPTZ(3),
    "filedAt" TIMESTAMPTZ(3),
    "isKeyStart" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "AuditAnchor_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "AuditAnchor_organisationId_sequence_key" ON "AuditAnchor"("organisationId", "sequence");
