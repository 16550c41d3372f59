-- AlterTable
ALTER TABLE "ForgottenPassword" ADD COLUMN     "address" TEXT NOT NULL DEFAULT '';

-- AlterTable
ALTER TABLE "SignIn" ADD COLUMN     "factor" TEXT,
ADD COLUMN     "proof" TEXT NOT NULL DEFAULT 'password';
