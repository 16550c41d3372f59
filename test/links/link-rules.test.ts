// What a registration link allows, and what becomes of an address: every rule by itself.
import { describe, expect, it } from 'vitest'
import { endOfDay, lastDayBefore } from '../../src/invitations/links/end-of-day.ts'
import { type AskSituation, decideAsk, readDomains, stateOf } from '../../src/invitations/links/link-rules.ts'
import { Refusal } from '../../src/refusal.ts'

const now = new Date('2026-11-20T12:00:00Z')
const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000)

const owner = {
  id: 'owner',
  organisationId: 'organisation',
  name: 'Ada',
  slackUserId: 'UADA',
  isActive: true,
  role: null,
  isWorkspaceAdmin: false,
  isWorkspaceGuest: false,
  departmentId: null,
  memberships: [{ hubId: 'hub', userType: 'hub_admin' as const }],
}

const situation: AskSituation = {
  hubId: 'hub',
  userType: 'external_member',
  role: 'employee',
  isOn: true,
  pausedAt: null,
  endsAt: null,
  mostUses: null,
  used: 0,
  isHubArchived: false,
  workspaceAdminsMayDoAll: true,
  owner,
  domains: [],
  needsApproval: false,
  emailKey: 'ana@example.org',
  personIsActive: null,
  hasAccount: false,
  isInHub: false,
  openInvitation: null,
  messagesToday: 0,
}

describe('where a link stands', () => {
  it.each([
    ['on', {}],
    ['off', { isOn: false }],
    ['off', { role: null }],
    ['off', { isHubArchived: true }],
    ['paused', { pausedAt: now }],
    ['on', { endsAt: new Date(now.getTime() + 1) }],
    ['ended', { endsAt: now }],
    ['on', { mostUses: 3, used: 2 }],
    ['used_up', { mostUses: 3, used: 3 }],
    ['ownerless', { owner: null }],
    ['ownerless', { owner: { ...owner, isActive: false } }],
    ['ownerless', { owner: { ...owner, isWorkspaceGuest: true } }],
    ['ownerless', { owner: { ...owner, memberships: [] } }],
    ['ownerless', { owner: { ...owner, memberships: [{ hubId: 'another', userType: 'hub_admin' as const }] } }],
    ['ownerless', { role: 'team_lead', owner: { ...owner, memberships: [{ hubId: 'hub', userType: 'team_member' }] } }],
    ['on', { owner: { ...owner, memberships: [{ hubId: 'hub', userType: 'team_member' as const }] } }],
    // Quality and HR Admins invite into their own department alone, and a link belongs to none.
    ['ownerless', { owner: { ...owner, role: 'hr_admin' as const, departmentId: 'department', memberships: [] } }],
    ['on', { owner: { ...owner, role: 'corporate_admin' as const, memberships: [] } }],
  ] as [string, Partial<AskSituation>][])('%s: %j', (state, change) => {
    expect(stateOf({ ...situation, ...change }, now)).toBe(state)
  })
})

describe('what becomes of an address', () => {
  const open = (status: 'awaiting_approval' | 'waiting' | 'pending', sentAt: Date | null = null) => ({
    personIsActive: true,
    openInvitation: { status, sentAt },
  })
  it.each([
    ['invited', {}],
    ['invited', { personIsActive: true }],
    ['awaiting_approval', { needsApproval: true }],
    ['account_exists', { personIsActive: true, hasAccount: true }],
    ['account_exists', { personIsActive: false, hasAccount: true }],
    ['account_exists', { personIsActive: true, isInHub: true }],
    ['person_inactive', { personIsActive: false }],
    ['already_invited', open('awaiting_approval')],
    ['already_invited', open('waiting')],
    ['already_invited', open('pending', minutesAgo(59))],
    ['sent_again', open('pending', minutesAgo(60))],
    ['other_domain', { domains: ['example.com'] }],
    ['invited', { domains: ['example.com', 'example.org'] }],
    ['other_domain', { domains: ['example.org'], emailKey: 'ana@evil.example.org' }],
    ['other_domain', { domains: ['example.com'], personIsActive: true, hasAccount: true }],
    ['invited', { messagesToday: 9 }],
    ['too_often', { messagesToday: 10 }],
    ['too_often', { messagesToday: 10, personIsActive: true, hasAccount: true }],
    ['link_ended', { isOn: false }],
    ['link_ended', { mostUses: 1, used: 1 }],
    ['link_ended', { owner: null, hasAccount: true, personIsActive: true }],
    ['invited', { pausedAt: now }],
  ] as [string, Partial<AskSituation>][])('%s: %j', (outcome, change) => {
    expect(decideAsk({ ...situation, ...change }, now)).toBe(outcome)
  })
})

describe('allowed domains', () => {
  it('reads them however they are separated, each once, as addresses have them', () => {
    expect(readDomains(' Example.org, @example.com;example.org\nпример.рф ')).toEqual([
      'example.org',
      'example.com',
      'xn--e1afmkfd.xn--p1ai',
    ])
    expect(readDomains(' \n ')).toEqual([])
  })

  it.each(['example', 'ana@example.org', 'exa mple', '*.example.org', 'https://example.org', '<!channel>'])(
    'refuses “%s”',
    (text) => {
      expect(() => readDomains(text)).toThrow(Refusal)
    },
  )

  it('takes twenty and no more', () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => `d${index}.example`).join('\n')
    expect(readDomains(many(20))).toHaveLength(20)
    expect(() => readDomains(many(21))).toThrow('too_many_domains')
  })
})

describe('the last day', () => {
  it.each([
    ['2026-11-30', 'UTC', '2026-12-01T00:00:00.000Z'],
    ['2026-11-30', 'Europe/Madrid', '2026-11-30T23:00:00.000Z'],
    ['2026-06-30', 'Europe/Madrid', '2026-06-30T22:00:00.000Z'],
    // The day on which summer time ends there has 25 hours, the one on which it begins 23.
    ['2026-10-25', 'Europe/Madrid', '2026-10-25T23:00:00.000Z'],
    ['2026-03-29', 'Europe/Madrid', '2026-03-29T22:00:00.000Z'],
    ['2026-11-30', 'America/Los_Angeles', '2026-12-01T08:00:00.000Z'],
    ['2026-11-30', 'Asia/Kathmandu', '2026-11-30T18:15:00.000Z'],
    ['2026-11-30', 'Nowhere/Known', '2026-12-01T00:00:00.000Z'],
  ])('%s in %s is over at %s', (day, timeZone, end) => {
    const over = endOfDay(day, timeZone)
    expect(over?.toISOString()).toBe(end)
    expect(over && lastDayBefore(over, timeZone)).toBe(day)
  })

  it.each(['2026-02-30', '2026-13-01', '20261130', '', 'tomorrow'])('“%s” is no day', (day) => {
    expect(endOfDay(day, 'UTC')).toBeUndefined()
  })
})
