// SECURITY 25: text messages go to allowed countries alone, and no more of them a day than the organisation says.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Database, newId, openDatabase } from '../../src/database/index.ts'
import { claimText, mayText } from '../../src/people/index.ts'
import { createTestDatabase, silentLog } from '../setup/database.ts'

const german = '+4915123456789'
let db: Awaited<ReturnType<typeof createTestDatabase>>
let other: Database
let organisationId: string
let now = new Date('2026-11-26T12:00:00Z')
const c = () => ({ db, now: () => now })

beforeAll(async () => {
  db = await createTestDatabase()
  other = await openDatabase({ url: db.url, dataDir: '', log: silentLog })
})
afterAll(async () => {
  await other.close()
  await db.drop()
})
beforeEach(async () => {
  organisationId = newId()
  now = new Date('2026-11-26T12:00:00Z')
  await db.prisma.organisation.create({
    data: {
      id: organisationId,
      slackTeamId: organisationId,
      displayName: 'Northwind',
      terms: 'Be kind.',
      timeZone: 'Pacific/Kiritimati',
      smsCountries: ['DE', 'RU'],
      smsDailyLimit: 3,
      createdAt: now,
    },
  })
})

describe('text messages', () => {
  it('go to the countries that are chosen, and to no other', () => {
    const settings = { smsCountries: ['DE', 'RU'], confirmOnlyByEmail: false }
    expect(mayText(settings, german)).toBeUndefined()
    expect(mayText(settings, '+79051111111')).toBeUndefined()
    expect(mayText(settings, '+77011234567'), 'Kazakhstan shares +7').toBe('country')
    expect(mayText(settings, '+12015550123')).toBe('country')
    expect(mayText({ ...settings, smsCountries: [] }, german)).toBe('country')
  })

  it('are never sent where only e-mail confirms', () => {
    expect(mayText({ smsCountries: ['DE'], confirmOnlyByEmail: true }, german)).toBe('off')
  })

  it('are as many a day as the organisation says, asked ten at once over two instances', async () => {
    const asked = Array.from({ length: 10 }, (_, index) =>
      claimText({ db: index % 2 ? db : other, now: () => now }, { organisationId, mobile: german }),
    )

    const answers = await Promise.all(asked)

    expect(answers.filter((answer) => answer === undefined)).toHaveLength(3)
    expect(answers.filter((answer) => answer === 'limit')).toHaveLength(7)
  })

  it('begin anew at midnight of the organisation’s day', async () => {
    for (let count = 0; count < 3; count += 1) await claimText(c(), { organisationId, mobile: german })
    expect(await claimText(c(), { organisationId, mobile: german })).toBe('limit')

    // Kiritimati is fourteen hours ahead: its next day begins at 10:00 UTC.
    now = new Date('2026-11-27T09:59:59Z')
    expect(await claimText(c(), { organisationId, mobile: german })).toBe('limit')
    now = new Date('2026-11-27T10:00:00Z')
    expect(await claimText(c(), { organisationId, mobile: german })).toBeUndefined()
  })

  it('are none where the limit is nought, and none that may not go are counted', async () => {
    await claimText(c(), { organisationId, mobile: '+12015550123' })
    expect(await db.prisma.smsDay.count({ where: { organisationId } })).toBe(0)
    await db.prisma.organisation.update({ where: { id: organisationId }, data: { smsDailyLimit: 0 } })
    expect(await claimText(c(), { organisationId, mobile: german })).toBe('limit')
  })
})
