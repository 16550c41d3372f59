-- DropIndex
DROP INDEX "Person_organisationId_accountStatus_lastName_firstName_id_idx";

-- DropIndex
DROP INDEX "Person_organisationId_invitationStatus_lastName_firstName_i_idx";

-- CreateTable
CREATE TABLE "PersonSearch" (
    "personId" UUID NOT NULL,
    "organisationId" UUID NOT NULL,
    "text" TEXT NOT NULL,
    "isSettled" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "PersonSearch_pkey" PRIMARY KEY ("personId")
);

-- CreateTable
CREATE TABLE "Selection" (
    "id" UUID NOT NULL,
    "organisationId" UUID NOT NULL,
    "ownerId" UUID NOT NULL,
    "personIds" UUID[],
    "createdAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Selection_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "Selection_ownerId_createdAt_idx" ON "Selection"("ownerId", "createdAt");

-- What the two filters of the list of people make of a person: "invitation/account" (src/people/standing.ts).
CREATE FUNCTION "person_standing"("InvitationStatus", "AccountStatus", boolean) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE
      WHEN $1 IN ('waiting', 'awaiting_approval') THEN 'waiting'
      WHEN $1 = 'error' THEN 'error'
      WHEN $1 IN ('pending', 'accepted', 'expired') THEN 'invited'
      ELSE 'not_invited'
    END || '/' || CASE
      WHEN NOT $3 OR $2 = 'inactive' THEN 'inactive'
      WHEN $2 = 'active' THEN 'active'
      WHEN $1 IN ('pending', 'waiting', 'awaiting_approval') THEN 'pending'
      WHEN $1 = 'expired' THEN 'expired'
      ELSE 'not_invited'
    END
$$;

-- Any combination of the two filters is read in the order of the names, forwards and backwards.
CREATE INDEX "Person_standing" ON "Person" ("organisationId",
  (person_standing("invitationStatus", "accountStatus", "isActive")), "lastName", "firstName", "id");

-- The list of invitations in one status, newest first, at any depth.
CREATE INDEX "Invitation_listed" ON "Invitation" ("organisationId", "status", "createdAt", "id");

CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- What a person is found by: single spaces around every part, so that the beginning of a word is " xy".
CREATE FUNCTION "person_search_text"(p "Person") RETURNS text LANGUAGE sql STABLE AS $$
  SELECT lower(' ' || concat_ws(' ', p."firstName", p."lastName", p."slackName", p."email", p."mobile",
    (SELECT d."name" FROM "Department" d WHERE d."id" = p."departmentId"),
    (SELECT l."name" FROM "Location" l WHERE l."id" = p."locationId")))
$$;

INSERT INTO "PersonSearch" ("personId", "organisationId", "text", "isSettled")
SELECT p."id", p."organisationId", person_search_text(p), true FROM "Person" p;

CREATE INDEX "PersonSearch_settled" ON "PersonSearch" USING gin ("text" gin_trgm_ops) WHERE "isSettled";
CREATE INDEX "PersonSearch_unsettled" ON "PersonSearch" ("personId") WHERE NOT "isSettled";
-- How many match a word decides how they are looked for; the usual hundred samples say too little of names.
ALTER TABLE "PersonSearch" ALTER COLUMN "text" SET STATISTICS 1000;

-- A few are settled at once. The words of a long list are taken apart later: that would be half of what it costs.
CREATE FUNCTION "keep_search_of_new"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "PersonSearch" ("personId", "organisationId", "text", "isSettled")
  SELECT p."id", p."organisationId", person_search_text(p), (SELECT count(*) FROM "added") <= 50 FROM "added" p
  ON CONFLICT ("personId") DO NOTHING;
  RETURN NULL;
END
$$;
CREATE TRIGGER "Person_search_added" AFTER INSERT ON "Person" REFERENCING NEW TABLE AS "added"
  FOR EACH STATEMENT EXECUTE FUNCTION "keep_search_of_new"();

CREATE FUNCTION "keep_search"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "PersonSearch" SET "text" = person_search_text(NEW), "isSettled" = false WHERE "personId" = NEW."id";
  RETURN NULL;
END
$$;
CREATE TRIGGER "Person_search_changed" AFTER UPDATE OF "firstName", "lastName", "slackName", "email", "mobile",
    "departmentId", "locationId" ON "Person" FOR EACH ROW
  WHEN ((OLD."firstName", OLD."lastName", OLD."slackName", OLD."email", OLD."mobile", OLD."departmentId",
    OLD."locationId") IS DISTINCT FROM (NEW."firstName", NEW."lastName", NEW."slackName", NEW."email", NEW."mobile",
    NEW."departmentId", NEW."locationId"))
  EXECUTE FUNCTION "keep_search"();

CREATE FUNCTION "drop_search"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM "PersonSearch" WHERE "personId" = OLD."id";
  RETURN NULL;
END
$$;
CREATE TRIGGER "Person_search_removed" AFTER DELETE ON "Person" FOR EACH ROW EXECUTE FUNCTION "drop_search"();

-- A department or a location with another name is found by that one.
CREATE FUNCTION "keep_search_of_unit"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "PersonSearch" s SET "text" = person_search_text(p), "isSettled" = false FROM "Person" p
  WHERE s."personId" = p."id" AND (p."departmentId" = NEW."id" OR p."locationId" = NEW."id");
  RETURN NULL;
END
$$;
CREATE TRIGGER "Department_search_renamed" AFTER UPDATE OF "name" ON "Department" FOR EACH ROW
  WHEN (OLD."name" IS DISTINCT FROM NEW."name") EXECUTE FUNCTION "keep_search_of_unit"();
CREATE TRIGGER "Location_search_renamed" AFTER UPDATE OF "name" ON "Location" FOR EACH ROW
  WHEN (OLD."name" IS DISTINCT FROM NEW."name") EXECUTE FUNCTION "keep_search_of_unit"();
