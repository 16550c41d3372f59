// The directory makes, changes or removes a user: who they are is written through learnPerson as everything that is said
// of people, and beside the person stands what was sent, to be given back.
import { isDeepStrictEqual } from 'node:util'
import { record } from '../../audit/index.ts'
import { inSqlTransaction, isId, newId, type SqlTransaction } from '../../database/index.ts'
import { type Learnt, learnPerson } from '../learn-person.ts'
import type { Said } from '../sources.ts'
import type { ScimUser } from './find-users.ts'
import { ScimRefusal } from './scim-refusal.ts'
import { type ReadUser, readScimUser, type ScimResource } from './scim-resource.ts'
import {
  actBy,
  findDepartmentId,
  findSmsCountries,
  refusingWhatIsTaken,
  type ScimCaller,
  type ScimNeeds,
  storable,
} from './scim-store.ts'

/**
 * Makes a user: of the person who is known by the same address, else of a new one. Throws ScimRefusal `user_name_taken`,
 * `address_taken` (by another of the directory's users), and what readScimUser throws.
 */
export function createScimUser(c: ScimNeeds, caller: ScimCaller, given: ScimResource): Promise<ScimUser> {
  const resource = clean({ active: true, ...given })
  const { organisationId } = caller
  return refusingWhatIsTaken(() =>
    inSqlTransaction(c.db, async (tx) => {
      const at = c.now()
      const user = readScimUser(resource, await findSmsCountries(tx, organisationId))
      await ensureUserNameIsFree(tx, caller, { user, personId: null })
      const { personId, isNew } = await findOrAddPerson(tx, caller, { user, at })
      const learnt = await learn(tx, c, { caller, personId, at, user })
      if (!isNew && !learnt.changed) await tellPlace(tx, { caller, personId, at, isInDirectory: true })
      await tx.$executeRaw`
        INSERT INTO "ScimUser" ("personId", "organisationId", "userName", "userNameKey", "externalId", "emailKeys",
          "resource", "createdAt", "updatedAt")
        VALUES (${personId}::uuid, ${organisationId}::uuid, ${user.userName}, ${user.userNameKey}, ${user.externalId},
          ${user.emailKeys}::text[], ${JSON.stringify(resource)}::jsonb, ${at}::timestamptz, ${at}::timestamptz)`
      return { id: personId, resource, createdAt: at, updatedAt: at }
    }),
  )
}

/**
 * Changes a user to what `change` makes of it, one change after another: `change` may be called again, and decides
 * nothing but the resource. Throws ScimRefusal `user_unknown`, `user_name_taken`, `address_taken`, what readScimUser
 * throws, and what `change` throws.
 */
export function changeScimUser(
  c: ScimNeeds,
  caller: ScimCaller,
  { id, change }: { id: string; change: (resource: ScimResource) => ScimResource },
): Promise<ScimUser> {
  if (!isId(id)) throw new ScimRefusal('user_unknown')
  return refusingWhatIsTaken(() =>
    inSqlTransaction(c.db, async (tx) => {
      const at = c.now()
      const before = await lockUser(tx, caller, id)
      // Who is active is not forgotten because a directory leaves it out.
      const { active = true } = before.resource
      const resource = clean({ active, ...change(before.resource) })
      const user = readScimUser(resource, await findSmsCountries(tx, caller.organisationId))
      await ensureUserNameIsFree(tx, caller, { user, personId: id })
      await ensureAddressIsFree(tx, caller, { user, personId: id })
      const former = await findFormerAddress(tx, { user, personId: id })
      await learn(tx, c, { caller, personId: id, at, user })
      if (former) await c.tellNewAddress(tx, { personId: id, former })
      // Sent once more as it was: the person may have been another's to tell of meanwhile, the resource is as it was.
      if (isDeepStrictEqual(resource, before.resource)) return before
      await tx.$executeRaw`
        UPDATE "ScimUser" SET "userName" = ${user.userName}, "userNameKey" = ${user.userNameKey},
          "externalId" = ${user.externalId}, "emailKeys" = ${user.emailKeys}::text[],
          "resource" = ${JSON.stringify(resource)}::jsonb, "updatedAt" = ${at}::timestamptz
        WHERE "personId" = ${id}::uuid`
      return { ...before, resource, updatedAt: at }
    }),
  )
}

/**
 * Removes a user from the directory: the person becomes inactive, leaves the directory's groups, and what the directory
 * said of them may be said by others from then on. Throws ScimRefusal `user_unknown`.
 */
export async function removeScimUser(c: ScimNeeds, caller: ScimCaller, id: string): Promise<void> {
  if (!isId(id)) throw new ScimRefusal('user_unknown')
  await inSqlTransaction(c.db, async (tx) => {
    const at = c.now()
    await lockUser(tx, caller, id)
    const by = actBy(caller, at)
    const learnt = await learnPerson(tx, c, { ...by, personId: id, source: 'scim', said: { active: false } })
    if (!learnt.changed) await tellPlace(tx, { caller, personId: id, at, isInDirectory: false })
    await tx.$executeRaw`
      UPDATE "Person" SET "sources" = coalesce((SELECT jsonb_object_agg("key", "value")
        FROM jsonb_each("sources") WHERE "value" <> '"scim"'::jsonb), '{}'::jsonb) WHERE "id" = ${id}::uuid`
    await tx.$executeRaw`
      DELETE FROM "GroupMembership" m USING "ScimGroup" g
      WHERE m."groupId" = g."groupId" AND m."personId" = ${id}::uuid`
    await tx.$executeRaw`DELETE FROM "ScimUser" WHERE "personId" = ${id}::uuid`
  })
}

function clean(resource: ScimResource): ScimResource {
  return storable(resource) as ScimResource
}

async function lockUser(tx: SqlTransaction, { organisationId }: ScimCaller, id: string): Promise<ScimUser> {
  const [user] = await tx.$queryRaw<ScimUser[]>`
    SELECT "personId" AS "id", "resource", "createdAt", "updatedAt" FROM "ScimUser"
    WHERE "personId" = ${id}::uuid AND "organisationId" = ${organisationId}::uuid FOR UPDATE`
  if (!user) throw new ScimRefusal('user_unknown')
  return user
}

type Wanted = { user: ReadUser; personId: string | null }

async function ensureUserNameIsFree(tx: SqlTransaction, caller: ScimCaller, { user, personId }: Wanted): Promise<void> {
  const [other] = await tx.$queryRaw<unknown[]>`
    SELECT 1 AS "taken" FROM "ScimUser" WHERE "organisationId" = ${caller.organisationId}::uuid
      AND "userNameKey" = ${user.userNameKey} AND "personId" IS DISTINCT FROM ${personId}::uuid`
  if (other) throw new ScimRefusal('user_name_taken')
}

async function ensureAddressIsFree(tx: SqlTransaction, caller: ScimCaller, { user, personId }: Wanted): Promise<void> {
  const [other] = await tx.$queryRaw<unknown[]>`
    SELECT 1 AS "taken" FROM "Person" WHERE "organisationId" = ${caller.organisationId}::uuid
      AND "emailKey" = ${user.said.emailKey} AND "id" IS DISTINCT FROM ${personId}::uuid`
  if (other) throw new ScimRefusal('address_taken')
}

/** The address of somebody with an account, where the directory says another. */
async function findFormerAddress(
  tx: SqlTransaction,
  { user, personId }: { user: ReadUser; personId: string },
): Promise<string | undefined> {
  const [holder] = await tx.$queryRaw<{ email: string }[]>`
    SELECT p."email" FROM "Person" p JOIN "Account" a ON a."personId" = p."id"
    WHERE p."id" = ${personId}::uuid AND p."emailKey" <> ${user.said.emailKey}`
  return holder?.email
}

async function findOrAddPerson(
  tx: SqlTransaction,
  caller: ScimCaller,
  { user, at }: { user: ReadUser; at: Date },
): Promise<{ personId: string; isNew: boolean }> {
  const { organisationId } = caller
  const { email, emailKey, firstName, lastName } = user.said
  const id = newId()
  const added = await tx.$executeRaw`
    INSERT INTO "Person" ("id", "organisationId", "email", "emailKey", "createdAt")
    VALUES (${id}::uuid, ${organisationId}::uuid, ${email}, ${emailKey}, ${at}::timestamptz)
    ON CONFLICT ("organisationId", "emailKey") DO NOTHING`
  if (added === 1) {
    const name = `${firstName} ${lastName}`.trim() || email || user.userName
    const subject = { kind: 'person' as const, id, name }
    await record(tx, [{ ...actBy(caller, at), act: 'person.added', subject, after: { email, name } }])
    return { personId: id, isNew: true }
  }
  const [known] = await tx.$queryRaw<{ id: string; isTaken: boolean }[]>`
    SELECT p."id", s."personId" IS NOT NULL AS "isTaken" FROM "Person" p
    LEFT JOIN "ScimUser" s ON s."personId" = p."id"
    WHERE p."organisationId" = ${organisationId}::uuid AND p."emailKey" = ${emailKey}`
  if (!known || known.isTaken) throw new ScimRefusal('address_taken')
  return { personId: known.id, isNew: false }
}

type Lesson = { caller: ScimCaller; personId: string; at: Date; user: ReadUser }

async function learn(tx: SqlTransaction, c: ScimNeeds, { caller, personId, at, user }: Lesson): Promise<Learnt> {
  const { organisationId } = caller
  // A department that is not there by this name takes back the one that the directory gave before.
  const departmentId = await findDepartmentId(tx, { organisationId, name: user.departmentName })
  const said: Said = { ...user.said, departmentId }
  return learnPerson(tx, c, { ...actBy(caller, at), personId, source: 'scim', said })
}

/** That a person came into the directory or left it, where nothing else about them has changed. */
async function tellPlace(
  tx: SqlTransaction,
  { caller, personId, at, isInDirectory }: Omit<Lesson, 'user'> & { isInDirectory: boolean },
): Promise<void> {
  const [person] = await tx.$queryRaw<{ name: string }[]>`
    SELECT coalesce(nullif("slackName", ''), nullif(trim("firstName" || ' ' || "lastName"), ''), "email", 'Somebody')
      AS "name" FROM "Person" WHERE "id" = ${personId}::uuid`
  const subject = { kind: 'person' as const, id: personId, name: person?.name ?? 'Somebody' }
  const [before, after] = [{ isInDirectory: !isInDirectory }, { isInDirectory }]
  await record(tx, [{ ...actBy(caller, at), act: 'person.changed', subject, before, after }])
}
