-- AlterTable
ALTER TABLE "Organisation" ADD COLUMN     "sessionDays" INTEGER NOT NULL DEFAULT 30;

-- CreateTable
CREATE TABLE "BulkResend" (
    "id" UUID NOT NULL,
    "actorId" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "people" INTEGER NOT NULL,

    CONSTRAINT "BulkResend_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "BulkResend_actorId_at_idx" ON "BulkResend"("actorId", "at");

-- CreateIndex
CREATE INDEX "BulkResend_at_idx" ON "BulkResend"("at");
