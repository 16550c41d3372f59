// The open database: transactions, what is refused by the tables themselves, and a server that comes and goes.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '../../src/database/new-id.ts'
import { createTestDatabase } from '../setup/database.ts'

type TestDatabase = Awaited<ReturnType<typeof createTestDatabase>>
let db: TestDatabase

beforeAll(async () => {
  db = await createTestDatabase()
})
afterAll(() => db.drop())

async function addOrganisation() {
  const id = newId()
  await db.prisma.organisation.create({
    data: { id, slackTeamId: `T${id}`, displayName: 'Acme', terms: 'Be kind.', createdAt: new Date() },
  })
  return id
}

async function nameOf(id: string) {
  const found = await db.prisma.organisation.findUniqueOrThrow({ where: { id } })
  return found.displayName
}

describe('a transaction', () => {
  test('is rolled back when its work throws, and the error goes on', async () => {
    const id = await addOrganisation()

    const work = db.inTransaction(async (tx) => {
      await tx.organisation.update({ where: { id }, data: { displayName: 'Changed' } })
      throw new Error('no')
    })

    await expect(work).rejects.toThrow('no')
    expect(await nameOf(id)).toBe('Acme')
  })

  test('runs again after a deadlock, so that both of two that were in each other’s way are done', async () => {
    const [first, second] = [await addOrganisation(), await addOrganisation()]
    let [runs, taken] = [0, 0]
    const bothTook = Promise.withResolvers<void>()
    const rename = (order: string[], add: string) =>
      db.inTransaction(async (tx) => {
        runs++
        for (const [index, id] of order.entries()) {
          await tx.$executeRaw`UPDATE "Organisation" SET "displayName" = "displayName" || ${add} WHERE id = ${id}::uuid`
          if (index > 0) continue
          taken++
          if (taken >= 2) bothTook.resolve()
          await bothTook.promise
        }
      })

    await Promise.all([rename([first, second], ' A'), rename([second, first], ' B')])

    expect(runs).toBe(3)
    for (const id of [first, second]) {
      const name = await nameOf(id)
      expect(name).toContain(' A')
      expect(name).toContain(' B')
    }
  })

  test('runs again after a serialization failure', async () => {
    const id = await addOrganisation()
    let read = 0
    const bothRead = Promise.withResolvers<void>()
    const count = () =>
      db.inTransaction(
        async (tx) => {
          const { settingsVersion } = await tx.organisation.findUniqueOrThrow({ where: { id } })
          read++
          if (read >= 2) bothRead.resolve()
          await bothRead.promise
          await tx.organisation.update({ where: { id }, data: { settingsVersion: settingsVersion + 1 } })
        },
        { isolation: 'Serializable' },
      )

    await Promise.all([count(), count()])

    const { settingsVersion } = await db.prisma.organisation.findUniqueOrThrow({ where: { id } })
    expect(settingsVersion).toBe(3)
  })

  test('does not run again after an ordinary error', async () => {
    const id = await addOrganisation()
    let runs = 0

    const work = db.inTransaction(async (tx) => {
      runs++
      await tx.organisation.create({
        data: { id, slackTeamId: 'T1', displayName: 'Twice', terms: '', createdAt: new Date() },
      })
    })

    await expect(work).rejects.toMatchObject({ code: 'P2002' })
    expect(runs).toBe(1)
  })
})

describe('the tables themselves', () => {
  test('refuse to change or remove an audit event', async () => {
    const organisationId = await addOrganisation()
    const id = newId()
    await db.prisma.auditEvent.create({
      data: {
        id,
        organisationId,
        at: new Date(),
        act: 'settings.changed',
        actorName: 'Ada',
        subjectKind: 'organisation',
        subjectId: organisationId,
        subjectName: 'Acme',
        origin: 'slack',
      },
    })

    await expect(db.prisma.auditEvent.update({ where: { id }, data: { actorName: 'Eve' } })).rejects.toThrow(
      /only added/,
    )
    await expect(db.prisma.auditEvent.deleteMany()).rejects.toThrow(/only added/)
    await expect(db.pool.query('TRUNCATE "AuditEvent"')).rejects.toThrow(/only added/)
  })

  test('hold at most one default hub of an organisation', async () => {
    const organisationId = await addOrganisation()
    const hub = (name: string) => ({ id: newId(), organisationId, name, isDefault: true, createdAt: new Date() })
    await db.prisma.hub.create({ data: hub('One') })

    const second = db.prisma.hub.create({ data: hub('Two') })

    await expect(second).rejects.toMatchObject({ code: 'P2002' })
  })
})

describe('the pool', () => {
  test('is shared with prisma and runs named statements', async () => {
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        db.pool.query<{ n: number }>({ name: 'plus-one', text: 'SELECT $1::int + 1 AS n', values: [index] }),
      ),
    )
    expect(answers.map((answer) => answer.rows[0]?.n)).toEqual(Array.from({ length: 30 }, (_, index) => index + 1))
    expect(db.pool.totalCount).toBeLessThanOrEqual(10)
  })

  test('goes on after every connection was cut by the server', async () => {
    await Promise.all([db.ping(), db.ping(), db.prisma.organisation.count()])
    await db.pool
      .query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()')
      .catch(() => {})
    await expect
      .poll(() =>
        db.ping().then(
          () => 'answers',
          () => 'silent',
        ),
      )
      .toBe('answers')
    expect(await db.prisma.organisation.count()).toBeGreaterThan(0)
  })
})
