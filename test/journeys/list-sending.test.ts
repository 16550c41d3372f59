// From "Send invitations" to the last word: undone in time or too late, sent twice by two people, told truthfully while
// Slack is in trouble, and gone on with.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { messageText } from '../../src/sandbox/slack/local-slack.ts'
import { startUsher, type Usher } from '../setup/usher.ts'
import { forge, invitationOf, queryRows, until, waitForQuiet, waitForStatus } from './acts.ts'
import { addresses, csv, fileIn, giveFile, passTheMinute, paste, send, sendToTheEnd, waitForEnd } from './list-acts.ts'

let usher: Usher

beforeAll(async () => {
  usher = await startUsher()
  for (const id of ['UADA', 'UMAX']) {
    await usher.slack.as(id).openHome()
    await usher.slack.as(id).waitForHome()
  }
})
afterEach(async () => {
  usher.slack.faults.clear()
  usher.mailbox.faults.clear()
  for (const id of ['UADA', 'UMAX']) await usher.slack.as(id).view()?.close({ all: true })
  expect(usher.slack.complaints).toEqual([])
})
afterAll(() => usher.stop())

const ada = () => usher.slack.as('UADA')
const max = () => usher.slack.as('UMAX')
const mailsTo = (prefix: string) =>
  usher.mailbox.messages.filter(({ envelope }) => envelope.to.some((to) => to.toLowerCase().startsWith(prefix)))

describe('"Undo"', () => {
  it('pressed twice takes the list back once, and says nothing wrong', async () => {
    const progress = await send(ada(), await paste(ada(), 'twice@example.org'))
    await Promise.all([ada().click(progress, 'Undo'), ada().click(progress, 'Undo')])
    await ada().waitForMessage((message) => message.ts === progress.ts && message.text.includes('taken back'))
    expect((await invitationOf(usher, 'twice@example.org')).status).toBe('revoked')
    const undone = `SELECT count(*)::int AS n FROM "AuditEvent" WHERE "act" = 'list.undone'`
    expect(await queryRows(usher, undone)).toEqual([{ n: 1 }])
    await passTheMinute(usher)
    await waitForQuiet(usher)
    expect(mailsTo('twice')).toEqual([])
    expect(ada().ephemerals().map(messageText).join()).not.toContain('too late')
  })

  it('opens the list again, to be mended', async () => {
    const progress = await send(ada(), await paste(ada(), 'mend1@example.org', { 'Personal note': 'Soon' }))
    await ada().click(progress, 'Undo')
    const back = await ada().waitForMessage(
      (message) => message.ts === progress.ts && message.text.includes('taken back'),
    )
    await ada().click(back, 'Open the list again')
    const form = await ada().waitForView('list_form')
    expect(form.values.addresses?.addresses?.value).toBe('mend1@example.org')
    expect(form.values.note?.note?.value).toBe('Soon')
  })

  it('pressed after the minute is too late, and says what can be done', async () => {
    const progress = await send(ada(), await paste(ada(), 'late@example.org'))
    usher.clock.pass(60_000)
    await ada().click(progress, 'Undo')
    await ada().waitForMessage('It is too late to undo this list')
    await usher.hurry()
    await waitForStatus(usher, 'late@example.org', 'pending')
  })

  it('pressed by somebody else, with the button’s value forged, does nothing', async () => {
    const hers = await send(ada(), await paste(ada(), 'hers@example.org'))
    const his = await send(max(), await paste(max(), 'his@example.org'))
    const value = (message: typeof hers) =>
      JSON.stringify(message.blocks).match(/"action_id":"list_undo"[^}]*},"value":"([^"]+)"/)?.[1] ??
      JSON.stringify(message.blocks).match(/[0-9a-f-]{36}/)?.[0] ??
      ''
    expect(value(hers)).toMatch(/^[0-9a-f-]{36}$/)
    await max().click(his, 'Undo')
    await max().waitForMessage((message) => message.ts === his.ts && message.text.includes('taken back'))
    for (const forged of [value(hers), 'nonsense', '']) {
      await forge(
        usher,
        'block_actions',
        (payload) => {
          for (const action of payload.actions) action.value = forged
        },
        { later: 1 + forged.length },
      )
    }
    await max().waitForMessage('This list is not there any more.')
    expect((await invitationOf(usher, 'hers@example.org')).status).toBe('waiting')
    await ada().click(hers, 'Undo')
    await ada().waitForMessage((message) => message.ts === hers.ts && message.text.includes('taken back'))
  })
})

describe('the same list', () => {
  it('sent by two people at once goes out once, and the other is told by whom', async () => {
    const [one, other] = [await paste(ada(), 'same@example.org'), await paste(max(), 'SAME@example.org')]
    const results = await Promise.all([one.submit(), other.submit()])
    expect(results.filter(({ closed }) => closed)).toHaveLength(1)
    const loser = results[0]?.closed ? max() : ada()
    const refused = await loser.waitForView('Not done')
    expect(refused.text).toMatch(/The same list was sent at \d\d:\d\d UTC by (Ada Lovelace|Max Weber)\./)
    await passTheMinute(usher)
    await waitForStatus(usher, 'same@example.org', 'pending')
    await waitForQuiet(usher)
    expect(mailsTo('same')).toHaveLength(1)
  })

  it('submitted twice from one second step is sent once', async () => {
    const preview = await paste(ada(), 'double@example.org')
    await send(ada(), preview)
    const again = await forge(usher, 'view_submission', () => {}, { later: 1 })
    expect(again.body).toContain('This list was sent already, or taken back.')
    const rows = `SELECT count(*)::int AS n FROM "Invitation" WHERE "email" = 'double@example.org'`
    expect(await queryRows(usher, rows)).toEqual([{ n: 1 }])
  })

  it('sent again the next day finds everybody invited already', async () => {
    const before = await sendToTheEnd(usher, ada(), await paste(ada(), 'daily@example.org'))
    expect(before.text).toContain('1 person was invited')
    usher.clock.pass(25 * 60 * 60 * 1000)
    const { ts } = await send(ada(), await paste(ada(), 'daily@example.org'))
    // Nobody is written to: there is no minute to wait for.
    const done = await waitForEnd(ada(), ts)
    expect(done.text).toContain('Nobody was invited into Main hub. Not invited: 1 could not be invited.')
    expect(mailsTo('daily')).toHaveLength(1)
  })
})

describe('the one message', () => {
  it.each([
    { kind: 'rate_limited', retryAfter: 3 } as const,
    { kind: 'status', status: 500 } as const,
    { kind: 'error', error: 'internal_error' } as const,
  ])('ends truthfully when Slack answers its changes with $kind', async (fault) => {
    const list = addresses(`slow-${fault.kind.replace('_', '')}`, 3)
    const { ts } = await send(ada(), await paste(ada(), list.join(' ')))
    usher.slack.faults.next('chat.update', fault, { times: 3 })
    await passTheMinute(usher)
    for (const email of list) await waitForStatus(usher, email, 'pending')
    await until(async () => {
      await usher.hurry()
      const message = ada()
        .dm()
        .find((one) => one.ts === ts)
      expect(message?.text).toContain('3 people were invited into Main hub. Nobody was left out.')
    })
  })

  it('is posted once when Slack could not be reached at first', async () => {
    usher.slack.faults.next('chat.postMessage', { kind: 'status', status: 503 }, { times: 2 })
    const preview = await paste(ada(), 'reached@example.org')
    expect(await preview.submit()).toEqual({ closed: true })
    await until(async () => {
      await usher.hurry()
      const told = ada()
        .dm()
        .filter(({ text }) => text.includes('1 person will be invited into Main hub'))
      expect(told).toHaveLength(1)
    })
  })

  it('is told again when somebody deleted it', async () => {
    const first = await send(ada(), await paste(ada(), 'deleted@example.org'))
    usher.slack.faults.next('chat.update', { kind: 'error', error: 'message_not_found' })
    await passTheMinute(usher)
    const done = await ada().waitForMessage(
      ({ ts, text }) => ts > first.ts && /1 person was invited|1 of 1|0 of 1/.test(text),
    )
    expect(done.ts).not.toBe(first.ts)
  })

  it('names who could not be delivered, as a file too, and tells the mail server’s reason', async () => {
    await passTheMinute(usher)
    await waitForQuiet(usher)
    usher.mailbox.faults.next('rcpt', { code: 550, text: 'No such user here' })
    const done = await sendToTheEnd(usher, ada(), await paste(ada(), 'bounced@example.org'))
    expect(done.text).toContain('Nobody was invited into Main hub. Not invited: 1 could not be delivered.')
    expect(messageText(done)).toMatch(/Line 1: “bounced@example\.org” .*No such user here/)
    expect(await fileIn(usher, ada(), done)).toContain('bounced@example.org')
  })

  it('says so when somebody on it was revoked before the message left', async () => {
    const { ts } = await send(ada(), await paste(ada(), 'taken1@example.org taken2@example.org'))
    await queryRows(
      usher,
      `UPDATE "Invitation" SET "status" = 'revoked', "generation" = 2 WHERE "email" = 'taken1@example.org'`,
    )
    await passTheMinute(usher)
    const done = await waitForEnd(ada(), ts)
    expect(done.text).toContain('1 person was invited into Main hub. Not invited: 1 revoked before the message left.')
  })

  it('is complete, and says why, when the app may not upload the file', async () => {
    usher.slack.faults.next('files.getUploadURLExternal', { kind: 'error', error: 'missing_scope' })
    const list = ['scope@example.org', ...Array.from({ length: 12 }, (_, at) => `nobody${at}@`)]
    const { ts } = await send(ada(), await paste(ada(), list.join('\n')))
    await passTheMinute(usher)
    const done = await ada().waitForMessage((one) => one.ts === ts && one.text.includes('may not upload files'))
    expect(done.text).toContain('1 person was invited into Main hub. Not invited: 12 malformed.')
    expect(messageText(done)).toContain('Line 13: “nobody11@”')
    expect(messageText(done)).toContain('files:write')
  })

  it('has the file that can be mended and given again, with every column as it was', async () => {
    const rows = [
      'email,first name,last name,mobile,start date,groups',
      'filed@example.org,Filed,One,,,',
      'filed2@,Zoë,Diaz,79051111111,2026-03-04,"Sales; Night shift"',
      'filed3@example.org,Kai,Lee,9051111111,,',
      'filed4@example.org,Uma,Roy,,03/04/2026,',
    ]
    const done = await sendToTheEnd(usher, ada(), await giveFile(ada(), csv(rows.join('\n'))))
    const file = await fileIn(usher, ada(), done)
    const unquoted = file.replaceAll('"', '').split('\r\n')
    expect(unquoted[0]).toBe('email,first name,last name,mobile,start date,groups,line,reason')
    // The apostrophe keeps a spreadsheet from running the number as a formula; it is taken off again when it is read.
    expect(unquoted[1]).toContain(
      "filed2@,Zoë,Diaz,'+79051111111,2026-03-04,Sales; Night shift,3,This is not an e-mail",
    )
    expect(unquoted[2]).toContain('filed3@example.org,Kai,Lee,9051111111,,,4,“9051111111” has no country code.')
    expect(unquoted[3]).toContain('filed4@example.org,Uma,Roy,,03/04/2026,,5,“03/04/2026” can mean two different days.')
    const mended = file.replace('filed2@,', 'filed2@example.org,').replace(',9051111111', ',+79051111112')
    const preview = await giveFile(ada(), csv(mended.replace('03/04/2026', '2026-04-03')))
    expect(preview.text).toContain('3 people will be invited')
    expect(preview.text).not.toContain('left out')
  })
})

it('"Send more invitations" opens the form with the same choices, and nobody in it', async () => {
  const fields = {
    'User type': 'External Member',
    Role: 'Team Lead',
    'Personal note': 'See you',
    'Language of the message': 'Русский',
  }
  const done = await sendToTheEnd(usher, ada(), await paste(ada(), 'more@example.org', fields))
  await ada().click(done, 'Send more invitations')
  const form = await ada().waitForView('list_form')
  const chosen = (field: string) => form.values[field]?.[field]?.selected_option?.value
  expect([chosen('userType'), chosen('role'), chosen('language')]).toEqual(['external_member', 'team_lead', 'ru'])
  expect(form.values.note?.note?.value).toBe('See you')
  expect(form.values.addresses?.addresses?.value ?? '').toBe('')
})
