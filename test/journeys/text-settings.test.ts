// Which countries are sent text messages, chosen in the settings.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startUsher, type Usher } from '../setup/usher.ts'
import { changeSettings, openSettings, openSettingsMenu } from './acts.ts'

let usher: Usher

beforeAll(async () => {
  usher = await startUsher()
})
afterAll(() => usher.stop())

const settings = () => usher.app.db.prisma.organisation.findFirstOrThrow()

it('begins with none, and says so', async () => {
  const menu = await openSettingsMenu(usher)

  expect(menu.text).toContain('None: no country is chosen')
})

it('keeps the countries that a Corporate Admin chooses, with the limit of a day', async () => {
  expect(
    await changeSettings(usher, { Countries: ['Germany (DE)', 'Russia (RU)'], 'Text messages in a day': '50' }),
  ).toEqual({
    closed: true,
  })

  expect(await settings()).toMatchObject({ smsCountries: ['DE', 'RU'], smsDailyLimit: 50 })
  await usher.slack.as('UADA').view()?.close({ all: true })
  const menu = await openSettingsMenu(usher)
  expect(menu.text).toContain('Germany (DE), Russia (RU) · at most 50 in a day')
})

it('opens with what is chosen, and saved as it stands is no change', async () => {
  await usher.slack.as('UADA').view()?.close({ all: true })
  const form = await openSettings(usher, 'texts')

  expect(await form.submit()).toEqual({ closed: true })

  expect(await settings()).toMatchObject({ smsCountries: ['DE', 'RU'] })
  expect(await usher.app.db.prisma.auditEvent.count({ where: { act: 'settings.changed' } })).toBe(1)
  expect(usher.slack.complaints).toEqual([])
})
