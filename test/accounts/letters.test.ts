// Letters about somebody's own account: asked for with the act, read when they are sent, sent once.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { askForLetter, loadLetter, recordLetter, tellAccountHolder, tellMoved } from '../../src/accounts/index.ts'
import type { FollowUp } from '../../src/collaborators.ts'
import { inSqlTransaction, newId } from '../../src/database/index.ts'
import { createTestDatabase } from '../setup/database.ts'

let db: Awaited<ReturnType<typeof createTestDatabase>>
const keys = { resetKey: Buffer.alloc(32, 1), codeKey: Buffer.alloc(32, 2) }
const start = new Date('2026-11-20T12:00:00Z')
const organisationId = newId()
let now = start
let followUps: FollowUp[] = []

const c = {
  now: () => now,
  followUp: async (_tx: unknown, asked: FollowUp[]) => void followUps.push(...asked),
}

beforeAll(async () => {
  db = await createTestDatabase()
  await db.prisma.organisation.create({
    data: { id: organisationId, slackTeamId: 'T1', createdAt: start, displayName: 'Acme', terms: 'Be kind.' },
  })
})
afterAll(() => db.drop())
beforeEach(() => {
  now = start
  followUps = []
})

async function makePerson(over: { email?: string | null; mobile?: string; language?: string } = {}): Promise<string> {
  const id = newId()
  const email = over.email === undefined ? `${id}@example.org` : over.email
  await db.prisma.person.create({
    data: {
      id,
      organisationId,
      email,
      emailKey: email,
      mobile: over.mobile ?? null,
      language: over.language ?? null,
      firstName: 'Ana',
      createdAt: start,
    },
  })
  return id
}

async function tell(personId: string): Promise<string> {
  await inSqlTransaction(db, (tx) => tellAccountHolder(tx, c, { personId, kind: 'factor_added', detail: 'app' }))
  return newestLetter(personId)
}

async function newestLetter(personId: string): Promise<string> {
  return (await db.prisma.letter.findFirstOrThrow({ where: { personId }, orderBy: { id: 'desc' } })).id
}

const load = (letterId: string) => loadLetter({ db, now: () => now, ...keys }, letterId)

async function askWithReset(): Promise<{ letterId: string; resetId: string }> {
  const personId = await makePerson()
  const resetId = newId()
  const expiresAt = new Date(start.getTime() + 30 * 60_000)
  await db.prisma.passwordReset.create({
    data: { id: resetId, organisationId, accountId: newId(), createdAt: start, expiresAt },
  })
  const place = { channel: 'email' as const, sentTo: 'Ana@Bücher.example' }
  const letterId = await inSqlTransaction(db, (tx) =>
    askForLetter(tx, c, { organisationId, personId, kind: 'password_reset', resetId, language: 'ru', ...place }),
  )
  return { letterId, resetId }
}

describe('news about an account', () => {
  it('go to the address of the person, in their language, by a job that follows the act', async () => {
    const personId = await makePerson({ language: 'ru' })

    const letterId = await tell(personId)

    expect(followUps).toEqual([{ kind: 'letter', letterId }])
    expect(await load(letterId)).toMatchObject({
      kind: 'factor_added',
      detail: 'app',
      channel: 'email',
      to: `${personId}@example.org`,
      language: 'ru',
      code: undefined,
      resetToken: undefined,
    })
  })

  it('go by SMS to whoever has no address, and nowhere where there is no number either', async () => {
    const withMobile = await makePerson({ email: null, mobile: '+447400123456' })
    const withNothing = await makePerson({ email: null })

    const letterId = await tell(withMobile)
    followUps = []
    await inSqlTransaction(db, (tx) => tellAccountHolder(tx, c, { personId: withNothing, kind: 'password_changed' }))

    expect(await load(letterId)).toMatchObject({ channel: 'sms', to: '+447400123456' })
    expect(followUps).toEqual([])
    expect(await db.prisma.letter.count({ where: { personId: withNothing } })).toBe(0)
  })

  it('go to the former place where this is what was changed', async () => {
    const personId = await makePerson()

    await inSqlTransaction(db, (tx) =>
      tellAccountHolder(tx, c, {
        personId,
        kind: 'email_changed',
        to: { channel: 'email', sentTo: 'before@example.org' },
      }),
    )

    expect(await load(await newestLetter(personId))).toMatchObject({ to: 'before@example.org' })
  })

  it('are not there when their act was rolled back', async () => {
    const personId = await makePerson()

    const failed = inSqlTransaction(db, async (tx) => {
      await tellAccountHolder(tx, c, { personId, kind: 'password_changed' })
      throw new Error('the act failed')
    })

    await expect(failed).rejects.toThrow('the act failed')
    expect(await db.prisma.letter.count({ where: { personId } })).toBe(0)
  })
})

describe('a letter', () => {
  it('carries a secret that stands in no row', async () => {
    const { letterId } = await askWithReset()

    const letter = await load(letterId)

    if (letter === undefined || letter === 'expired') throw new Error('the letter was expected')
    expect(letter.resetToken).toMatch(/^[\w-]{43}$/)
    expect(letter.to).toBe('Ana@xn--bcher-kva.example')
    const rows = JSON.stringify([await db.prisma.letter.findMany(), await db.prisma.passwordReset.findMany()])
    expect(rows).not.toContain(letter.resetToken)
  })

  it('with a link that has ended, was used or was replaced is not sent', async () => {
    const ended = await askWithReset()
    const used = await askWithReset()
    const replaced = await askWithReset()
    await db.prisma.passwordReset.update({ where: { id: used.resetId }, data: { usedAt: start } })
    await db.prisma.passwordReset.update({ where: { id: replaced.resetId }, data: { endedAt: start } })

    expect(await load(used.letterId)).toBe('expired')
    expect(await load(replaced.letterId)).toBe('expired')
    now = new Date(start.getTime() + 30 * 60_000)
    expect(await load(ended.letterId)).toBe('expired')
  })

  it('that was sent or given up is not there to be sent again, whatever is noted later', async () => {
    const sent = await tell(await makePerson())
    const failed = await tell(await makePerson())

    await recordLetter({ db, now: () => now }, sent, { kind: 'sent' })
    await recordLetter({ db, now: () => now }, sent, { kind: 'failed', problem: 'too late' })
    await recordLetter({ db, now: () => now }, failed, { kind: 'failed', problem: 'No such address.' })

    expect(await load(sent)).toBeUndefined()
    expect(await load(failed)).toBeUndefined()
    expect(await db.prisma.letter.findUnique({ where: { id: sent } })).toMatchObject({ sentAt: start, problem: null })
  })

  it('that could not be sent yet is there again, with its attempts counted', async () => {
    const letterId = await tell(await makePerson())

    await recordLetter({ db, now: () => now }, letterId, { kind: 'again', maybeSent: true })

    expect(await load(letterId)).toMatchObject({ attempts: 1, maybeSentAt: start })
  })
})

describe('whoever’s address is changed by somebody else', () => {
  const move = (id: string, email: string | null) =>
    db.prisma.person.update({ where: { id }, data: { email, emailKey: email } })
  const told = (personId: string) =>
    db.prisma.letter.findMany({ where: { personId }, select: { kind: true, sentTo: true } })

  async function makeHolder(): Promise<string> {
    const personId = await makePerson()
    const hash = { passwordHash: 'x', termsVersion: 1, termsAgreedAt: start, termsAgreedFrom: '' }
    await db.prisma.account.create({ data: { id: newId(), organisationId, personId, createdAt: start, ...hash } })
    return personId
  }

  it('is told at the former one, once', async () => {
    const personId = await makeHolder()

    await move(personId, `new-${personId}@example.org`)
    await Promise.all([tellMoved({ ...c, db }), tellMoved({ ...c, db })])
    await tellMoved({ ...c, db })

    expect(await told(personId)).toEqual([{ kind: 'email_changed', sentTo: `${personId}@example.org` }])
  })

  it('is not told of another writing of the same, nor without an account, nor where none is left', async () => {
    const [holder, stranger, without] = [await makeHolder(), await makePerson(), await makeHolder()]

    await db.prisma.person.update({ where: { id: holder }, data: { email: `${holder.toUpperCase()}@example.org` } })
    await move(stranger, `new-${stranger}@example.org`)
    await move(without, null)
    await tellMoved({ ...c, db })

    for (const personId of [holder, stranger, without]) expect(await told(personId)).toEqual([])
  })
})
