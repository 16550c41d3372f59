// `usher bounce < message`, as a mail server calls it: src/cli/bounce.ts.
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runBounce } from '../../src/cli/bounce.ts'
import { readConfig } from '../../src/config.ts'
import { seedInvitations } from '../jobs/seed.ts'
import { createTestDatabase } from '../setup/database.ts'
import * as samples from './samples.ts'

let db: Awaited<ReturnType<typeof createTestDatabase>>
let id = ''
beforeAll(async () => {
  db = await createTestDatabase()
  ;[id = ''] = await seedInvitations(db, 1)
  await db.prisma.invitation.update({
    where: { id },
    data: { status: 'pending', generation: 2, email: 'ana@example.org' },
  })
})
afterAll(() => db.drop())

const run = (message: string, { url = db.url, words = [] as string[] } = {}) =>
  runBounce(words, {
    readConfig: () => readConfig({ DATABASE_URL: url, USHER_SECRET: 'a secret for tests, and for tests alone' }),
    input: Readable.from([Buffer.from(message)]),
  })

const ours = () => samples.postfix.replaceAll(samples.INVITATION, id)

describe('usher bounce', () => {
  it.each([
    ['a letter', samples.letter, 'Not a bounce.'],
    ['an automatic answer', samples.outOfOffice, 'An automatic answer'],
    ['a bounce of somebody else', samples.postfix, 'of no message of this Usher'],
    ['nothing', '', 'Not a bounce.'],
  ])('takes %s, changes nothing, and is content', async (_name, message, text) => {
    expect(await run(message)).toEqual({ text: expect.stringContaining(text), code: 0 })
  })

  it('asks the mail server to try again where the database is away, and shows no password', async () => {
    const url = 'postgresql://usher:hidden-word@127.0.0.1:1/usher'
    const { text, code } = await run(ours(), { url })

    expect(code).toBe(75)
    expect(text).toContain('to be tried again')
    expect(text).not.toContain('hidden-word')
  })

  it('makes the invitation Error, puts the news into the queue, and is content when it hears it again', async () => {
    const first = await run(ours())
    const second = await run(ours())

    expect(first).toEqual({ text: 'The invitation is Error now, and its inviter is told.', code: 0 })
    expect(second.text).toContain('Noted')
    const { status, deliveryProblem } = await db.prisma.invitation.findUniqueOrThrow({ where: { id } })
    expect({ status, deliveryProblem }).toEqual({
      status: 'error',
      deliveryProblem: 'The mail server of example.org does not know this address (550 5.1.1).',
    })
    const { rows } = await db.pool.query(`SELECT data FROM queue.job WHERE name = 'notify' ORDER BY data ->> 'to'`)
    expect(rows.map(({ data }) => data)).toEqual([
      { invitationId: id, news: 'failed', to: 'channel' },
      { invitationId: id, news: 'failed', to: 'inviter' },
    ])
  })

  it('wants its message from standard input alone', async () => {
    await expect(run('', { words: ['message.eml'] })).rejects.toThrow('bounce < message')
  })
})
