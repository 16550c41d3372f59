-- What new people are found by, for all of an act in one go: person_search_text() once for each of ten thousand took
-- longer than writing the people themselves. The words are the same.
CREATE OR REPLACE FUNCTION "keep_search_of_new"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "PersonSearch" ("personId", "organisationId", "text", "isSettled")
  SELECT p."id", p."organisationId",
    lower(' ' || concat_ws(' ', p."firstName", p."lastName", p."slackName", p."email", p."mobile", d."name", l."name")),
    (SELECT count(*) FROM "added") <= 50
  FROM "added" p
  LEFT JOIN "Department" d ON d."id" = p."departmentId"
  LEFT JOIN "Location" l ON l."id" = p."locationId"
  ON CONFLICT ("personId") DO NOTHING;
  RETURN NULL;
END
$$;

-- A plan that was made while these tables were small stays with its connection, and then reads all of them for every
-- act: whoever is concerned is few, and found by index.
ALTER FUNCTION "keep_invitation_status"() SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off;
ALTER FUNCTION "keep_account_status"() SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off;
