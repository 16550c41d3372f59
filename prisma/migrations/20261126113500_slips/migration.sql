-- CreateTable
CREATE TABLE "SlipCode" (
    "invitationId" UUID NOT NULL,
    "codeKey" TEXT NOT NULL,
    "generation" INTEGER NOT NULL,
    "madeAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "SlipCode_pkey" PRIMARY KEY ("invitationId")
);

-- CreateIndex
CREATE UNIQUE INDEX "SlipCode_codeKey_key" ON "SlipCode"("codeKey");

-- AddForeignKey
ALTER TABLE "SlipCode" ADD CONSTRAINT "SlipCode_invitationId_fkey" FOREIGN KEY ("invitationId") REFERENCES "Invitation"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- People are found by their user name too.
CREATE OR REPLACE FUNCTION "person_search_text"(p "Person") RETURNS text LANGUAGE sql STABLE AS $$
  SELECT lower(' ' || concat_ws(' ', p."firstName", p."lastName", p."slackName", p."email", p."mobile", p."userName",
    (SELECT d."name" FROM "Department" d WHERE d."id" = p."departmentId"),
    (SELECT l."name" FROM "Location" l WHERE l."id" = p."locationId")))
$$;

CREATE OR REPLACE FUNCTION "keep_search_of_new"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "PersonSearch" ("personId", "organisationId", "text", "isSettled")
  SELECT p."id", p."organisationId",
    lower(' ' || concat_ws(' ', p."firstName", p."lastName", p."slackName", p."email", p."mobile", p."userName",
      d."name", l."name")),
    (SELECT count(*) FROM "added") <= 50
  FROM "added" p
  LEFT JOIN "Department" d ON d."id" = p."departmentId"
  LEFT JOIN "Location" l ON l."id" = p."locationId"
  ON CONFLICT ("personId") DO NOTHING;
  RETURN NULL;
END
$$;

DROP TRIGGER "Person_search_changed" ON "Person";
CREATE TRIGGER "Person_search_changed" AFTER UPDATE OF "firstName", "lastName", "slackName", "email", "mobile",
    "userName", "departmentId", "locationId" ON "Person" FOR EACH ROW
  WHEN ((OLD."firstName", OLD."lastName", OLD."slackName", OLD."email", OLD."mobile", OLD."userName",
    OLD."departmentId", OLD."locationId") IS DISTINCT FROM (NEW."firstName", NEW."lastName", NEW."slackName",
    NEW."email", NEW."mobile", NEW."userName", NEW."departmentId", NEW."locationId"))
  EXECUTE FUNCTION "keep_search"();
