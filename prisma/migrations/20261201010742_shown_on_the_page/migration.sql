-- AlterTable
ALTER TABLE "Passage" ADD COLUMN     "shown" TEXT NOT NULL DEFAULT '';
