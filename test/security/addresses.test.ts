// Addresses that are no address, several, or look like another one (SECURITY, 21), typed past Slack's own client.
import { domainToUnicode } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { errorsIn, forge, invitationOf, invite, mailTo, setValue } from '../journeys/acts.ts'
import { startUsher, type Usher } from '../setup/usher.ts'

let usher: Usher
beforeAll(async () => {
  usher = await startUsher()
  await invite(usher, 'first@example.org')
})
afterAll(async () => {
  expect(usher.slack.complaints).toEqual([])
  expect(usher.log.filter(({ level }) => level === 'error')).toEqual([])
  await usher.stop()
})

describe('SECURITY 21: addresses', () => {
  const refused = [
    'ana@example.org\r\nBcc: eve@evil.example',
    'ana@example.org\nRCPT TO:<eve@evil.example>',
    'ana@example.org,eve@evil.example',
    'ana@example.org;eve@evil.example',
    'ana@example.org eve@evil.example',
    '"ana diaz"@example.org',
    '"ana@evil.example"@example.org',
    'Ana <ana@example.org> <eve@evil.example>',
    'eve@evil.example <ana@example.org>',
    'ana@example.org <eve@evil.example>',
    'ana@@example.org',
    'ana@evil.example@example.org',
    'ana＠evil.example＠example.org',
    'ana@[127.0.0.1]',
    'ana@127.0.0.1',
    'ana@localhost',
    'ana@-example.org',
    'ana@example..org',
    '.ana@example.org',
    'ана@example.org',
    'ana@exa\u202Emple.org',
    'ana\u200B@example.org',
    'ana@example.org\u0000',
    `${'x'.repeat(65)}@example.org`,
    `${'x'.repeat(10_240)}@example.org`,
    `ana@${'x.'.repeat(5_000)}org`,
    `${' '.repeat(10_000)}ana@example.org`,
    `${'<'.repeat(5_000)}ana@example.org${'>'.repeat(5_000)}`,
  ]

  it.each(refused.map((address) => [JSON.stringify(address).slice(0, 60), address]))(
    '%s is refused',
    async (_shown, address) => {
      const answer = await forge(usher, 'view_submission', (payload) => {
        payload.view.id = `V${Math.random()}`
        setValue(payload, 'email', address)
      })
      expect(errorsIn(answer)).toEqual({
        email: 'This is not an e-mail address. It should look like ana@example.org.',
      })
    },
  )

  it.each([
    ['  Spaces@Example.ORG ', 'Spaces@example.org', 'Spaces@Example.ORG'],
    ['Ana Diaz <named@example.org>', 'named@example.org', 'named@example.org'],
    ['full＠example．org', 'full@example.org', 'full@example.org'],
    ["o'neil+tag@example.org", "o'neil+tag@example.org", "o'neil+tag@example.org"],
    ['ana@bücher.example', 'ana@xn--bcher-kva.example', 'ana@bücher.example (xn--bcher-kva.example)'],
    // The first letter is Cyrillic: it looks like bank.example.
    ['ana@Ьank.example', 'ana@xn--ank-dgd.example', 'ana@Ьank.example (xn--ank-dgd.example)'],
  ])('%s is sent to %s and shown as %s', async (typed, to, shown) => {
    const ada = usher.slack.as('UADA')
    const answer = await forge(usher, 'view_submission', (payload) => {
      payload.view.id = `V${to}`
      setValue(payload, 'email', typed)
    })
    expect(answer).toMatchObject({ status: 200, body: '' })
    const confirmation = await ada.waitForMessage(({ text }) => text.includes(`${shown} is being invited`))
    expect(confirmation.text).not.toContain('<mailto')
    // The test's mail server shows domains in their own letters.
    const mail = await mailTo(usher, to.replace(/xn--.*/, domainToUnicode))
    expect(mail.headers.filter(({ name }) => name === 'To')).toEqual([{ name: 'To', value: to }])
    expect((await invitationOf(usher, to.toLowerCase())).status).toMatch(/waiting|pending/)
  })
})
