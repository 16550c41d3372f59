// What people write is shown as text, wherever it comes out: Slack's modals and messages, the mail, the page
// (SECURITY, 19 and 22).
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  addUnit,
  changeSettings,
  errorsIn,
  forge,
  invitationOf,
  invite,
  inviteAndGetLink,
  mailTo,
  openStory,
  setValue,
  signUp,
  until,
  waitForStatus,
} from '../journeys/acts.ts'
import { linkIn, startUsher, type Usher } from '../setup/usher.ts'

const NASTY: [what: string, text: string][] = [
  ['a call to everybody', '<!channel> <!here> <!everyone> @channel'],
  ['mentions', '<@UADA> <#CGENERAL> <!subteam^SSALES> <@U123|Ada>'],
  ['a link with another text', '<https://evil.example/x|Your bank>'],
  ['a bare link', 'https://evil.example www.evil.example'],
  ['escapes, also double ones', '& &amp; &lt;!channel&gt; < > &#60;'],
  ['formatting', '*bold* _sly_ ~gone~ `code` ```pre``` >quote'],
  ['line breaks of every kind', 'one\r\ntwo\nthree\u2028four\u2029five\tsix'],
  ['right-to-left marks', 'abc\u202Egpj.exe\u202C \u200Fx\u2066y\u2069'],
  ['control characters', 'a\u0007b\u001b[31mc\u009bd\u0000e'],
  ['emoji', '👩‍👩‍👧‍👦 🇺🇳 :tada: e\u0301'],
  ['HTML', `<script>alert(1)</script><img src=x onerror="x('y')">`],
  ['a template', '{{constructor}} <%= 7 %> %s'],
]

let usher: Usher
beforeAll(async () => {
  usher = await startUsher({ webLimits: { open: 10_000, send: 10_000 } })
  await changeSettings(usher, { 'Notification channel': 'people-ops' })
})
afterAll(async () => {
  expect(usher.slack.complaints).toEqual([])
  expect(usher.log.filter(({ level }) => level === 'error')).toEqual([])
  await usher.stop()
})

async function resend(story: Awaited<ReturnType<typeof openStory>>, email: string): Promise<void> {
  await story.click('Resend')
  await until(async () => expect(await invitationOf(usher, email)).toMatchObject({ generation: 2, status: 'pending' }))
  await story.close()
}

/** Every text that Slack would format in what was sent to it: mrkdwn in blocks, and the text beside them. */
function formattedTexts(): string[] {
  const found: string[] = []
  const look = (value: unknown): void => {
    if (Array.isArray(value)) for (const entry of value) look(entry)
    if (typeof value !== 'object' || value === null) return
    if ('type' in value && value.type === 'mrkdwn' && 'text' in value) found.push(String(value.text))
    for (const entry of Object.values(value)) look(entry)
  }
  for (const { body } of usher.slack.requests) {
    if (typeof body.text === 'string') found.push(body.text)
    for (const part of [body.blocks, body.view]) look(typeof part === 'string' ? JSON.parse(part) : part)
  }
  return found
}

/** What a person reads of a formatted text. */
function read(text: string): string {
  return text.replaceAll('\u200b', '').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}

/** What may be left of a nasty text where it is shown: the words of it in their order. */
function visibleWords(text: string): string[] {
  return text.split(/[\s\p{Cc}\p{Cf}]+/u).filter((word) => /[a-z]{3}/.test(word))
}

/**
 * No mention and no link but our own dates and the channel that Ada chose in the settings; nothing that turns the
 * direction of writing; no control character.
 */
function expectHarmless(texts: string[]): void {
  for (const text of texts) {
    expect(text.replaceAll(/<!date\^\d+\^[^<>|]*\|[^<>|]*>|<#CPEOPLE>/g, '')).not.toMatch(/[<>]/)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/)
  }
}

describe.each(NASTY)('SECURITY 19: %s', (what, nasty) => {
  const index = NASTY.findIndex(([name]) => name === what)
  const email = `nasty${index}@example.org`
  const name = `${index} ${nasty}`.slice(0, 60)

  it('as the name of a hub, a department, a location, an inviter, and as a note: the form, its answer and the story', async () => {
    const ada = usher.slack.as('UADA')
    await usher.slack.setUser('UADA', { real_name: `Ada ${nasty}` })
    const ids = { hubId: '', departmentId: '', locationId: '' }
    // Slack's one-line fields hold no line break; a forger's do.
    for (const [kind, field] of [
      ['hub', 'hubId'],
      ['department', 'departmentId'],
      ['location', 'locationId'],
    ] as const) {
      await addUnit(usher, kind, `Plain ${kind} ${index}`)
      const answer = await forge(usher, 'view_submission', (payload) => {
        payload.view.id = `V${kind}${index}`
        setValue(payload, 'name', name)
      })
      expect(errorsIn(answer)).toEqual({})
      const { prisma } = usher.app.db
      const newest = { orderBy: { id: 'desc' } } as const
      const unit =
        kind === 'hub'
          ? await prisma.hub.findFirstOrThrow(newest)
          : kind === 'department'
            ? await prisma.department.findFirstOrThrow(newest)
            : await prisma.location.findFirstOrThrow(newest)
      ids[field] = unit.id
    }
    const note = `${nasty} `.repeat(20).slice(0, 600)
    const fields = {
      Hub: ids.hubId,
      Department: ids.departmentId,
      Location: ids.locationId,
      'Personal note': note,
    }
    expect(await invite(usher, email, fields)).toEqual({ closed: true })
    await ada.waitForMessage(`*${email}* is being invited`)
    await waitForStatus(usher, email, 'pending')
    const story = await openStory(ada, email)
    for (const word of visibleWords(nasty)) expect(read(story.text)).toContain(word)
    await resend(story, email)
    await ada.command('/invites status')
    await (await ada.waitForView('Invitations')).close()
    await ada.openHome()
  })

  it('as the name of an invitee: the page, and the news in channel and direct message', async () => {
    const ada = usher.slack.as('UADA')
    const link = linkIn(await mailTo(usher, email, 2))
    const page = await (await usher.visit(link)).text()
    expect(page).not.toMatch(/<script|<img|onerror="|<https/)
    const answer = await signUp(usher, link, { firstName: name, lastName: nasty.slice(0, 80) })
    expect(answer.status).toBe(303)
    const joined = (message: { text: string }) => message.text.includes(`(${email}) joined`)
    const inChannel = await ada.waitForMessage(joined, { channel: 'people-ops' })
    await ada.waitForMessage(joined, { channel: 'DADA' })
    for (const word of visibleWords(nasty)) expect(read(inChannel.text)).toContain(word)
    const story = await openStory(ada, email)
    expect(story.text).toContain('Accepted')
    await story.close()
    expectHarmless(formattedTexts())
  })

  it('in a command: the help, a refusal, and the story of nobody', async () => {
    const ada = usher.slack.as('UADA')
    for (const typed of [nasty, `status ${nasty}`, `${nasty} @`]) {
      const seen = () => [ada.view()?.id, ada.messages('general').at(-1)?.ts].join()
      const before = seen()
      await ada.command(`/invites ${typed}`)
      await until(async () => expect(seen()).not.toBe(before))
    }
    expectHarmless(formattedTexts())
    expectHarmless(ada.ephemerals().map(({ text }) => text))
  })

  it('SECURITY 22: in the mail: escaped, no link made of it, one link in all', async () => {
    const mail = await mailTo(usher, email)
    const link = linkIn(mail)
    const tags = (mail.html.match(/<[a-z][^>]*>/gi) ?? []).join('\n')
    const hrefs = [...tags.matchAll(/\b(?:href|src|action|background)\s*=\s*"?([^"\s>]*)/gi)].map(([, url]) => url)
    expect(new Set(hrefs)).toEqual(new Set([link]))
    expect(mail.html).not.toMatch(/<script|<img|<iframe|<form|onerror="/i)
    for (const part of [mail.text, mail.html.replaceAll(link, '')]) expect(part).not.toContain('evil.example')
    expect(mail.headers.filter(({ name }) => /^(b?cc|reply-to|content-type-x)$/i.test(name))).toEqual([])
    expect(mail.envelope.to).toEqual([email])
    expect(mail.subject).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u)
  })
})

describe('SECURITY 19: far too long', () => {
  it.each([
    ['W', 'letters'],
    ['&', 'what grows fivefold when it is escaped'],
    ['👩‍👩‍👧‍👦', 'characters of many parts'],
    ['<!channel>', 'calls to everybody'],
  ])(
    'ten thousand %s in a member’s name and the longest of everything else break no modal and no message',
    async (unit) => {
      const ada = usher.slack.as('UADA')
      const email = `long${unit.codePointAt(0)}${unit.length}@example.org`
      await usher.slack.setUser('UADA', { real_name: unit.repeat(Math.ceil(10_000 / unit.length)) })
      const note = unit
        .repeat(600)
        .slice(0, 600)
        .replace(/[\uD800-\uDBFF]$/, '')
      const link = await inviteAndGetLink(usher, email, { fields: { 'Personal note': note } })
      const story = await openStory(ada, email)
      await resend(story, email)
      expect((await usher.visit(link)).status).toBe(404)
      const fresh = linkIn(await mailTo(usher, email, 2))
      const longest = Array.from(unit.repeat(80)).slice(0, 20).join('')
      expect((await signUp(usher, fresh, { firstName: longest, lastName: longest })).status).toBe(303)
      await ada.waitForMessage(({ text }) => text.includes(`(${email}) joined`), { channel: 'people-ops' })
      await ada.command('/invites status')
      await (await ada.waitForView('Invitations')).close()
      await usher.slack.setUser('UADA', { real_name: 'Ada Lovelace' })
      expectHarmless(formattedTexts().map((text) => text.replaceAll(/<!date[^<>]*…$/g, '')))
    },
  )

  it('a longer name, note or command is refused in words, or cut', async () => {
    expect(await invite(usher, 'base@example.org')).toEqual({ closed: true })
    const answer = await forge(usher, 'view_submission', (payload) => {
      payload.view.id = 'VLONG'
      setValue(payload, 'email', 'longer@example.org')
      setValue(payload, 'note', 'x'.repeat(10_000))
    })
    expect(errorsIn(answer).note).toBe('The note has 10000 characters; at most 600 fit. Shorten it.')
    const ada = usher.slack.as('UADA')
    const after = ada.messages('general').at(-1)?.ts ?? ''
    await ada.command(`/invites ${'dance '.repeat(500)}`)
    const help = await ada.waitForMessage('is not something I know', { channel: 'general', after })
    expect(help.text.length).toBeLessThan(2_000)
    await ada.command(`/invites ${'x'.repeat(3_000)}@example.org`)
    const form = await ada.waitForView('invite_form')
    expect((await form.submit()).errors?.email).toBeDefined()
    await form.close()
  })
})
