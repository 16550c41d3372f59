// What the doctor says of the mailbox of bounces: src/cli/doctor/check-bounces.ts.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { checkBounces } from '../../src/cli/doctor/check-bounces.ts'
import { toLine, withinLimit } from '../../src/cli/doctor/finding.ts'
import { createReach } from '../../src/cli/doctor/reach.ts'
import { createMailbox, type Mailbox } from '../../src/sandbox/mailbox/mailbox.ts'
import { silentLog } from '../setup/database.ts'

const HINT = 'Is BOUNCE_IMAP_URL right, and may this machine call it?'

let mailbox: Mailbox
let url = ''
beforeAll(async () => {
  mailbox = await createMailbox({ log: silentLog })
  url = mailbox.imapUrl('bounces@example.com')
})
afterAll(() => mailbox.close())

const lineFor = async (address: string, limit = 10_000) =>
  toLine(await checkBounces(() => withinLimit(limit, () => createReach().verifyBounces(address, limit))))

it('signs in, and says that it can be read', async () => {
  expect(await lineFor(url)).toBe('✓ Bounce mailbox: reachable, and can be read')
})

it('says why it cannot, and shows no password', async () => {
  const line = await lineFor(url.replace(/:[^:@]+@/, ':hushhush@'))

  expect(line).toBe(`✗ Bounce mailbox: The IMAP server refused our sign-in. ${HINT}`)
})

it('does not wait for ever for a server that says nothing', async () => {
  mailbox.faults.next('imap-sign-in', 'hang')

  expect(await lineFor(url, 300)).toMatch(/^✗ Bounce mailbox: .*(does not answer|no answer)/)
})

it('says what is missed where there is none', async () => {
  expect(toLine(await checkBounces(undefined))).toMatch(/^– Bounce mailbox: none\. .*BOUNCE_IMAP_URL/)
})
