// Pausing and reopening accounts: whose, by whom, one and ten thousand, once.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { countTurnable, pauseAccount, pauseAccounts, reopenAccount, reopenAccounts } from '../../src/accounts/index.ts'
import { beginSelection, changeSelection, chooseAll, EVERYBODY } from '../../src/people/index.ts'
import { type Seeded, seedOrganisation } from '../people/seed-people.ts'
import { createTestDatabase } from '../setup/database.ts'

let db: Awaited<ReturnType<typeof createTestDatabase>>
let seeded: Seeded
let [ada, hub, otherHub, nursing] = ['', '', '', '']
const c = () => ({ db, now: () => new Date('2026-11-20T10:00:00Z') })

beforeAll(async () => {
  db = await createTestDatabase()
})
afterAll(() => db.drop())
beforeEach(async () => {
  seeded = await seedOrganisation(db)
  ada = await seeded.person({ firstName: 'Ada', role: 'corporate_admin' })
  hub = await seeded.hub('Main hub')
  otherHub = await seeded.hub('Room')
  nursing = await seeded.department('Nursing')
})

const by = (actorId: string) => ({ organisationId: seeded.organisationId, actorId, origin: 'test' })
const statusOf = async (personId: string) => (await db.prisma.account.findUniqueOrThrow({ where: { personId } })).status

async function member(seed: Parameters<Seeded['person']>[0], hubs: string[] = []) {
  const id = await seeded.person(seed)
  await seeded.account(id)
  for (const hubId of hubs) await seeded.join(hubId, id)
  return id
}

async function select(ownerId: string, ids: string[]) {
  const owner = { organisationId: seeded.organisationId, ownerId }
  const selectionId = await beginSelection(c(), owner)
  await changeSelection(c(), { ...owner, selectionId }, { add: ids, remove: [] })
  return selectionId
}

describe('one account', () => {
  it('is paused and reopened, each told in the audit log, and a second time nothing is done', async () => {
    const bob = await member({ firstName: 'Bob', lastName: 'Diaz' })
    expect(await pauseAccount(c(), { ...by(ada), personId: bob })).toBe('Bob Diaz')
    await expect(pauseAccount(c(), { ...by(ada), personId: bob })).rejects.toMatchObject({ code: 'account_changed' })
    expect(await statusOf(bob)).toBe('inactive')
    expect(await db.prisma.person.findUnique({ where: { id: bob } })).toMatchObject({ accountStatus: 'inactive' })
    await reopenAccount(c(), { ...by(ada), personId: bob })
    expect(await statusOf(bob)).toBe('active')
    const told = await db.prisma.auditEvent.findMany({ where: { subjectId: bob }, orderBy: { id: 'asc' } })
    expect(told.map(({ act, actorId, before, after }) => [act, actorId, before, after])).toEqual([
      ['account.paused', ada, { account: 'Active' }, { account: 'Inactive' }],
      ['account.reopened', ada, { account: 'Inactive' }, { account: 'Active' }],
    ])
  })

  it('is never one’s own', async () => {
    await seeded.account(ada)
    await expect(pauseAccount(c(), { ...by(ada), personId: ada })).rejects.toMatchObject({ code: 'account_own' })
  })

  it.each(['nonsense', '00000000-0000-7000-8000-000000000000'])('is not there: %s', async (personId) => {
    await expect(pauseAccount(c(), { ...by(ada), personId })).rejects.toMatchObject({ code: 'account_unknown' })
  })

  it('of another organisation is out of reach', async () => {
    const other = await seedOrganisation(db)
    const stranger = await other.person()
    await other.account(stranger)
    await expect(pauseAccount(c(), { ...by(ada), personId: stranger })).rejects.toMatchObject({
      code: 'account_unknown',
    })
  })

  it('paused by ten at once is paused once', async () => {
    const bob = await member({ firstName: 'Bob' })
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, () => pauseAccount(c(), { ...by(ada), personId: bob })),
    )
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await db.prisma.auditEvent.count({ where: { subjectId: bob, act: 'account.paused' } })).toBe(1)
  })
})

describe('whose account it may be', () => {
  const attempt = (actorId: string, personId: string) =>
    pauseAccount(c(), { ...by(actorId), personId }).then(
      () => 'paused',
      ({ code }: { code: string }) => code,
    )

  it('an HR Admin: the people of their own department, none of them a Corporate Admin', async () => {
    const lena = await seeded.person({ role: 'hr_admin', departmentId: nursing })
    expect(await attempt(lena, await member({ departmentId: nursing, role: 'team_lead' }))).toBe('paused')
    expect(await attempt(lena, await member({ departmentId: nursing, role: 'corporate_admin' }))).toBe('may_not_pause')
    expect(await attempt(lena, await member({ departmentId: nursing, isWorkspaceAdmin: true }))).toBe('may_not_pause')
    expect(await attempt(lena, await member({}))).toBe('account_unknown')
  })

  it('a Hub Admin: Employees and Team Leads who are in their hubs and in no other', async () => {
    const pat = await seeded.person()
    await seeded.join(hub, pat, 'hub_admin')
    expect(await attempt(pat, await member({ role: 'employee' }, [hub]))).toBe('paused')
    expect(await attempt(pat, await member({ role: 'employee' }, [hub, otherHub]))).toBe('may_not_pause')
    expect(await attempt(pat, await member({ role: 'hr_admin' }, [hub]))).toBe('may_not_pause')
    expect(await attempt(pat, await member({}, [otherHub]))).toBe('account_unknown')
  })

  it('a Team Member, and anyone else: nobody’s, also of those whom they invited', async () => {
    const sam = await seeded.person()
    await seeded.join(hub, sam)
    const bob = await member({ role: 'employee' }, [hub])
    await seeded.invite({ personId: bob, inviterId: sam, hubId: hub, status: 'accepted' })
    expect(await attempt(sam, bob)).toBe('account_unknown')
    expect(await attempt(await seeded.person(), bob)).toBe('account_unknown')
    const selectionId = await select(sam, [bob])
    await expect(pauseAccounts(c(), { ...by(sam), selectionId })).rejects.toMatchObject({ code: 'may_not_pause' })
    expect(await countTurnable(db, { ...by(sam), selectionId })).toEqual({ pausable: 0, reopenable: 0 })
  })

  it('whoever has left, or is a guest, may no more', async () => {
    const bob = await member({ departmentId: nursing })
    const left = await seeded.person({ role: 'corporate_admin', isActive: false })
    expect(await attempt(left, bob)).not.toBe('paused')
    expect(await statusOf(bob)).toBe('active')
  })
})

describe('the accounts of those who are chosen', () => {
  it('are paused as far as one may, counted before as they are done', async () => {
    const lena = await seeded.person({ role: 'hr_admin', departmentId: nursing })
    await seeded.account(lena)
    const own = await member({ departmentId: nursing })
    const foreign = await member({})
    const selectionId = await select(lena, [own, foreign, lena, await seeded.person({ departmentId: nursing })])
    expect(await countTurnable(db, { ...by(lena), selectionId })).toEqual({ pausable: 1, reopenable: 0 })
    expect(await pauseAccounts(c(), { ...by(lena), selectionId })).toBe(1)
    expect([await statusOf(own), await statusOf(foreign), await statusOf(lena)]).toEqual([
      'inactive',
      'active',
      'active',
    ])
    expect(await countTurnable(db, { ...by(lena), selectionId })).toEqual({ pausable: 0, reopenable: 1 })
    expect(await reopenAccounts(c(), { ...by(lena), selectionId })).toBe(1)
  })

  it('are nobody’s when the selection is somebody else’s', async () => {
    const bob = await member({})
    const selectionId = await select(ada, [bob])
    const max = await seeded.person({ role: 'corporate_admin' })
    expect(await pauseAccounts(c(), { ...by(max), selectionId })).toBe(0)
    expect(await statusOf(bob)).toBe('active')
  })

  it('may be ten thousand', async () => {
    await seeded.many(10_000, 'Weber')
    await db.prisma
      .$executeRaw`INSERT INTO "Account" ("id", "organisationId", "personId", "passwordHash", "termsVersion",
        "termsAgreedAt", "termsAgreedFrom", "createdAt")
      SELECT gen_random_uuid(), "organisationId", "id", 'x', 1, now(), 'test', now() FROM "Person"
      WHERE "organisationId" = ${seeded.organisationId}::uuid AND "lastName" = 'Weber'`
    const owner = { organisationId: seeded.organisationId, ownerId: ada }
    const selection = { ...owner, selectionId: await beginSelection(c(), owner) }
    const viewer = { organisationId: seeded.organisationId, reach: 'all' as const }
    expect(await chooseAll(c(), selection, { viewer, filter: { ...EVERYBODY, search: 'weber' } })).toBe(10_000)
    expect(await pauseAccounts(c(), { ...by(ada), selectionId: selection.selectionId })).toBe(10_000)
    const where = { organisationId: seeded.organisationId, accountStatus: 'inactive' as const }
    expect(await db.prisma.person.count({ where })).toBe(10_000)
    expect(await db.prisma.auditEvent.count({ where: { actorId: ada, act: 'account.paused' } })).toBe(10_000)
    await seeded.many(1, 'Weberlast')
    const chosen = chooseAll(c(), selection, { viewer, filter: { ...EVERYBODY, search: 'weber' } })
    await expect(chosen).rejects.toMatchObject({ code: 'too_many_chosen' })
  })
})
