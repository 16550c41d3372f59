-- AlterTable
ALTER TABLE "Batch" ADD COLUMN     "mode" "DeliveryMode" NOT NULL DEFAULT 'link';

-- Of people without an address: by it whoever is invited again is found.
CREATE INDEX "Person_mobile_without_email" ON "Person" ("organisationId", "mobile") WHERE "email" IS NULL AND "mobile" IS NOT NULL;
