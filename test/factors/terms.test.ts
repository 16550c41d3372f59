// Terms that changed: who has to agree again, and what is kept of it.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { agreeToTerms, needsNewTerms } from '../../src/accounts/index.ts'
import { createWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.db.drop())

const c = () => ({ db: world.db, now: () => world.clock.now })
const organisation = () => world.db.prisma.organisation.findFirstOrThrow()

async function somebodysAccount() {
  const { personId } = await world.somebody()
  const read = () =>
    world.db.prisma.account.findUniqueOrThrow({
      where: { personId },
      include: { agreements: { orderBy: { version: 'asc' } } },
    })
  return { read, id: (await read()).id, personId }
}

it('a newer version has to be agreed to, and the same one not again', async () => {
  const { read, id, personId } = await somebodysAccount()
  expect(needsNewTerms(await read(), await organisation())).toBe(false)
  await world.db.prisma.organisation.updateMany({ data: { termsVersion: 2 } })
  expect(needsNewTerms(await read(), await organisation())).toBe(true)

  await agreeToTerms(c(), { accountId: id, version: 2, from: '203.0.113.9' })

  expect(needsNewTerms(await read(), await organisation())).toBe(false)
  expect((await read()).agreements).toMatchObject([{ version: 2, agreedAt: world.clock.now, from: '203.0.113.9' }])
  const event = await world.db.prisma.auditEvent.findFirstOrThrow({ where: { subjectId: personId } })
  expect(event).toMatchObject({
    act: 'terms.agreed',
    origin: 'web 203.0.113.9',
    before: { termsVersion: 1 },
    after: { termsVersion: 2 },
  })
})

it('an older text than the present one cannot be agreed to', async () => {
  const { read, id } = await somebodysAccount()
  await world.db.prisma.organisation.updateMany({ data: { termsVersion: 3 } })

  await expect(agreeToTerms(c(), { accountId: id, version: 2, from: '203.0.113.9' })).rejects.toThrow(
    'terms_not_agreed',
  )
  expect((await read()).agreements).toEqual([])
})

it('ten presses at once are one agreement and one audit event', async () => {
  const { read, id, personId } = await somebodysAccount()
  const { termsVersion: version } = await organisation()
  await Promise.all(
    Array.from({ length: 10 }, () => agreeToTerms(c(), { accountId: id, version, from: '203.0.113.9' })),
  )

  expect((await read()).agreements).toHaveLength(1)
  expect(await world.db.prisma.auditEvent.count({ where: { subjectId: personId } })).toBe(1)
})
