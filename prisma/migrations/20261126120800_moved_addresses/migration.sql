-- CreateTable
CREATE TABLE "AddressMove" (
    "id" UUID NOT NULL,
    "personId" UUID NOT NULL,
    "before" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "AddressMove_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "AddressMove_at_idx" ON "AddressMove"("at");

-- Whoever changes the address of somebody who has an account (a directory, an import, Slack): its holder is to be told at
-- the former one, in a minute at the latest.
CREATE FUNCTION "note_address_move"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "AddressMove" ("id", "personId", "before", "at")
  SELECT gen_random_uuid(), NEW."id", OLD."email", now()
  WHERE EXISTS (SELECT 1 FROM "Account" WHERE "personId" = NEW."id");
  RETURN NULL;
END $$;

CREATE TRIGGER "Person_address_moved" AFTER UPDATE OF "emailKey" ON "Person" FOR EACH ROW
  WHEN (OLD."email" IS NOT NULL AND NEW."emailKey" IS NOT NULL AND OLD."emailKey" IS DISTINCT FROM NEW."emailKey")
  EXECUTE FUNCTION "note_address_move"();
