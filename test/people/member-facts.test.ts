// What a Slack profile says of a person, as far as it can be read.
import { describe, expect, it } from 'vitest'
import { isPassDue, type SlackProfile, weighChange } from '../../src/people/index.ts'
import { factsOf } from '../../src/people/member-facts.ts'

const PROFILE: SlackProfile = {
  ...{ slackUserId: 'U1', teamIds: [], name: 'Ana', email: null, isActive: true },
  ...{ isWorkspaceAdmin: false, isWorkspaceGuest: false },
}
const said = (more: Partial<SlackProfile>, guestsAreContractors = false) =>
  factsOf({ ...PROFILE, ...more }, { address: undefined, guestsAreContractors, smsCountries: [] })

describe('a profile', () => {
  it.each([
    ['+7 905 111-11-11', '+79051111111'],
    ['', null],
    ['   ', null],
    ['9051111111', undefined],
    ['ask reception', undefined],
    ['+49 30 901820', undefined],
  ])('with the telephone number “%s” says the mobile %s', (phone, mobile) => {
    expect(said({ phone }).mobile).toBe(mobile)
  })

  it.each([
    ['2026-12-01', '2026-12-01'],
    ['', null],
    ['soon', undefined],
    ['2026-02-31', undefined],
  ])('with the start date “%s” says %s', (startDate, day) => {
    expect(said({ startDate }).startDate).toBe(day)
  })

  it.each([
    ['ru-RU', 'ru'],
    ['en-GB', 'en'],
    ['de-DE', undefined],
    [undefined, undefined],
  ])('in %s says the language %s', (locale, language) => {
    expect(said({ locale }).language).toBe(language)
  })

  it('says names in one line and no longer than a form takes them', () => {
    expect(said({ firstName: ' Ana\nMaria ', lastName: 'x'.repeat(200) })).toMatchObject({
      ...{ firstName: 'Ana Maria', lastName: 'x'.repeat(80) },
    })
    expect(said({})).not.toHaveProperty('firstName')
  })

  it('of a guest says Contractor where the organisation says so, and otherwise takes it back', () => {
    expect(said({ isWorkspaceGuest: true }, true).employeeType).toBe('contractor')
    expect(said({ isWorkspaceGuest: true }).employeeType).toBeNull()
    expect(said({}, true).employeeType).toBeNull()
  })
})

describe('a change of a group', () => {
  const at = (seconds: number) => new Date(seconds * 1_000)
  it.each([
    ['follows what is known', at(10), { previousAt: at(10), changedAt: at(20), isWhole: true }, 'take'],
    ['comes in the same second', at(20), { previousAt: at(20), changedAt: at(20), isWhole: true }, 'take'],
    ['was cut by Slack', at(10), { previousAt: at(10), changedAt: at(20), isWhole: false }, 'read'],
    ['follows one that was missed', at(5), { previousAt: at(10), changedAt: at(20), isWhole: true }, 'read'],
    ['is the first that is heard of', null, { previousAt: at(10), changedAt: at(20), isWhole: true }, 'read'],
    ['was overtaken', at(30), { previousAt: at(10), changedAt: at(20), isWhole: true }, 'old'],
    ['comes twice', at(20), { previousAt: at(10), changedAt: at(20), isWhole: true }, 'read'],
  ] as const)('that %s: %#', (_, known, change, worth) => {
    expect(weighChange(known, change)).toBe(worth)
  })
})

describe('a reading of all', () => {
  const day = (text: string) => new Date(text)
  it.each([
    ['never before', undefined, day('2026-11-26T12:00Z'), true],
    ['yesterday', day('2026-11-25T12:00Z'), day('2026-11-26T02:00:01Z'), true],
    ['last evening, before two at night', day('2026-11-25T12:00Z'), day('2026-11-26T01:59Z'), false],
    ['this night', day('2026-11-26T02:20Z'), day('2026-11-26T23:59Z'), false],
    ['three days ago, on a machine that slept', day('2026-11-23T02:20Z'), day('2026-11-26T12:00Z'), true],
  ])('that was begun %s', (_, last, now, isDue) => {
    expect(isPassDue(last, now)).toBe(isDue)
  })
})
