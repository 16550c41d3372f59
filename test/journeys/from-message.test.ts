// "Invite from message": the addresses of a message in the form for one, or in the form for many.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addressesIn } from '../../src/slack/message-addresses.ts'
import { startUsher, type Usher } from '../setup/usher.ts'

let usher: Usher
beforeAll(async () => {
  usher = await startUsher()
})
afterAll(async () => {
  expect(usher.slack.complaints).toEqual([])
  await usher.stop()
})

async function invitesFrom(text: string) {
  const ada = usher.slack.as('UADA')
  await ada.view()?.close({ all: true })
  await ada.say(text, { channel: 'general' })
  const message = ada.messages('general').findLast(({ user }) => user === 'UADA')
  if (!message) throw new Error('the message is not there')
  await ada.messageShortcut('invite_from_message', message)
  return ada
}

describe('a message', () => {
  it('with one address opens the form for one, filled in, and the confirmation comes where the message is', async () => {
    const ada = await invitesFrom('Could somebody invite Ana (ana@example.org), please?')
    const form = await ada.waitForView('invite_form')
    expect(form.values.email?.email?.value).toBe('ana@example.org')
    await form.fill({ 'User type': 'Team Member', Role: 'Employee' })
    expect(await form.submit()).toEqual({ closed: true })
    await ada.waitForMessage('ana@example.org is being invited into Main hub', { channel: 'general' })
  })

  it('with several opens the list with them, each once', async () => {
    const ada = await invitesFrom(
      'Bea <bea@example.org>, cem@example.org and BEA@example.org; see https://x.example/a@b',
    )
    const form = await ada.waitForView('list_form')
    expect(form.values.addresses?.addresses?.value).toBe('bea@example.org\ncem@example.org')
    expect(form.text).toContain('2 addresses recognised')
  })

  it('with none says so in words', async () => {
    const ada = await invitesFrom('No address here, only @Pat and me@home')
    expect((await ada.waitForView('No address found')).text).toContain('There is no e-mail address in this message.')
  })

  it('with more than a form holds takes whole addresses, and says how many', async () => {
    const all = Array.from({ length: 200 }, (_, n) => `person.number.${n}@long-name.example.org`)
    const ada = await invitesFrom(all.join(' '))
    const form = await ada.waitForView('list_form')
    const taken = String(form.values.addresses?.addresses?.value).split('\n')
    expect(taken).toEqual(all.slice(0, taken.length))
    expect(form.text).toContain(`This message has 200 addresses; the first ${taken.length} fit here.`)
  })

  it('opens a request for whoever may invite nobody', async () => {
    await invitesFrom('dora@example.org')
    const pat = usher.slack.as('UPAT')
    const message = await pat.waitForMessage('dora@example.org', { channel: 'general' })
    await pat.messageShortcut('invite_from_message', message)
    const form = await pat.waitForView('Ask for an invitation')
    expect(form.values.email?.email?.value).toBe('dora@example.org')
  })
})

describe('addresses', () => {
  const found = (message: Parameters<typeof addressesIn>[0]) => addressesIn(message).map(({ written }) => written)

  it('are found in Slack’s writing, in rich text, in sections, in fields and in what is attached', () => {
    expect(found({ text: 'to <mailto:a@example.org|Ana> &amp; *b@example.org*' })).toEqual([
      'a@example.org',
      'b@example.org',
    ])
    const rich = {
      type: 'rich_text',
      elements: [
        {
          type: 'rich_text_list',
          elements: [
            { type: 'rich_text_section', elements: [{ type: 'link', url: 'mailto:c@example.org', text: 'Cem' }] },
          ],
        },
      ],
    }
    const fields = { type: 'section', fields: [{ type: 'mrkdwn', text: '<mailto:d@example.org?subject=Hi|Dora>' }] }
    const attachments = [{ fallback: 'e@example.org', blocks: [{ type: 'section', text: { text: 'f@example.org' } }] }]
    expect(found({ text: '', blocks: [rich, fields], attachments }).sort()).toEqual([
      'c@example.org',
      'd@example.org',
      'e@example.org',
      'f@example.org',
    ])
  })

  it('are not made of mentions, of links, or of what only looks like one', () => {
    expect(found({ text: '<@U123> <#C1|general> <https://x.example/?to=a@b.example|a link> a@ @b' })).toEqual([])
  })

  it('of a message that nests without end, or is no message, are none', () => {
    const endless: { elements: unknown[] } = { elements: [] }
    endless.elements.push(endless)
    expect(found({ blocks: [endless] })).toEqual([])
    expect(found({})).toEqual([])
  })
})
