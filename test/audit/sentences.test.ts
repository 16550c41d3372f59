// The audit log in sentences.
import { expect, test } from 'vitest'
import type { ToldEvent } from '../../src/audit/index.ts'
import { placeOf, sentenceOf } from '../../src/slack/act-sentences.ts'
import { sentenceFor } from '../../src/slack/story.ts'

const told = (more: Partial<ToldEvent>): ToldEvent => ({
  at: new Date('2026-11-20T09:00:00Z'),
  act: 'invitation.asked',
  actorName: 'Ada Lovelace',
  subjectName: 'ana@example.org',
  origin: 'slack',
  before: {},
  after: {},
  ...more,
})

test.each<[Partial<ToldEvent>, string]>([
  [
    { after: { hub: 'Main hub', userType: 'Team Member', role: 'Employee', department: null, location: 'Berlin' } },
    'Ada Lovelace invited ana@example.org into Main hub as Team Member, Employee, Berlin.',
  ],
  [
    {
      act: 'settings.changed',
      before: { invitationDays: 7, notificationChannelId: null },
      after: { invitationDays: 14, notificationChannelId: 'C1' },
    },
    'Ada Lovelace changed the settings: invitation days from “7” to “14”; notification channel from nothing to “C1”.',
  ],
  [
    {
      act: 'person.changed',
      actorName: 'Slack',
      subjectName: 'Max',
      before: { isWorkspaceAdmin: false, isActive: true },
      after: { isWorkspaceAdmin: true, isActive: true },
    },
    'What is known of Max changed (from Slack): is workspace admin from no to yes.',
  ],
  [
    { act: 'refused', after: { code: 'may_not_give', what: 'form invite_form' } },
    'Ada Lovelace was refused: may not give.',
  ],
  [
    { act: 'link.probed', actorName: 'Somebody', origin: 'web 203.0.113.7', after: { how: 'opened' } },
    'Somebody (web page, 203.0.113.7) opened a link that does not work (ana@example.org).',
  ],
  [
    {
      act: 'account.sign_in_failed',
      ...{ actorName: 'Somebody', subjectName: 'Ana Diaz', origin: 'web 203.0.113.7' },
      after: { how: 'password', because: 'too_many' },
    },
    'Somebody (web page, 203.0.113.7) tried to sign in as Ana Diaz with a wrong password: too many tries.',
  ],
  [
    {
      act: 'account.sign_in_failed',
      ...{ actorName: 'Somebody', subjectName: 'Northwind', origin: 'web 203.0.113.7' },
      after: { how: 'password', because: 'wrong', name: 'unknown' },
    },
    'Somebody (web page, 203.0.113.7) tried to sign in with a name that is nobody’s.',
  ],
  [
    {
      act: 'account.code_wrong',
      ...{ actorName: 'Somebody', subjectName: 'Ana Diaz', origin: 'web 203.0.113.7' },
      after: { kind: 'app', code: 'code_wait' },
    },
    'Somebody (web page, 203.0.113.7) gave a wrong code (an authenticator app) for Ana Diaz: code wait.',
  ],
  [
    {
      act: 'security.overflow',
      actorName: 'Usher',
      after: { what: 'dead links', count: 60, minute: '2026-11-20T09:42:00.000Z' },
    },
    '60 more dead links came within a minute than the audit log takes one by one (2026-11-20 09:42 UTC).',
  ],
  [
    {
      act: 'account.signed_in',
      after: { client: 'Firefox', proof: 'password', factor: 'app' },
      origin: 'web 203.0.113.7',
    },
    'Ada Lovelace signed in with a password and an authenticator app (web page, 203.0.113.7, Firefox).',
  ],
  [{ act: 'data.exported', after: { what: 'people' } }, 'Ada Lovelace exported the people as a file.'],
  [
    { act: 'selection.used', after: { what: 'mark them as left', people: 3 } },
    'Ada Lovelace chose 3 people from the list to mark them as left.',
  ],
  [
    { act: 'request.rejected', after: { answer: 'Not\n\nthis year' } },
    'Ada Lovelace rejected the request for ana@example.org. Not this year',
  ],
  [
    {
      act: 'person.let_go',
      subjectName: 'Sam',
      before: { role: 'HR Admin', hubs: 'Main hub (Hub Admin)' },
      after: { role: null, hubs: null },
    },
    'Sam lost what they had here: role from “HR Admin” to nothing; hubs from “Main hub (Hub Admin)” to nothing.',
  ],
  [
    { act: 'request.closed', after: { because: 'They are not active in the organisation any more.' } },
    'The request for ana@example.org was closed. They are not active in the organisation any more.',
  ],
  [
    { act: 'list.sent', subjectName: 'a list', after: { invited: 9, couldNot: 1 } },
    'Ada Lovelace sent a list: 9 invited, 1 could not.',
  ],
])('%j', (event, sentence) => {
  expect(sentenceOf(told(event))).toBe(sentence)
})

test('a name cannot look like another event: line breaks, length, controls', () => {
  const sentence = sentenceOf(told({ actorName: `Eve\n\n20 Nov · Ada was refused.\u0000${'x'.repeat(10_000)}` }))
  expect(sentence).not.toContain('\n')
  expect(sentence.length).toBeLessThan(300)
})

test('an act of another version of Usher is named rather than lost', () => {
  expect(sentenceOf(told({ act: 'moon.landed' as never }))).toBe('Ada Lovelace: moon.landed (ana@example.org).')
  expect(sentenceOf(told({ act: 'toString' as never }))).toBe('Ada Lovelace: toString (ana@example.org).')
})

test('in a story, the shorter sentence, and what people wrote as text', () => {
  expect(sentenceFor(told({ act: 'invitation.revoked', actorName: '<!channel>' }), { seesPerson: true })).toMatch(
    /^<!date\^1795165200\^.*> · &lt;!channel&gt; revoked it\.$/,
  )
})

test.each([
  ['slack', 'in Slack'],
  ['web 203.0.113.7', 'web page, 203.0.113.7'],
  ['scim 203.0.113.7', 'directory by SCIM, 203.0.113.7'],
  ['scheduler', 'by the clock'],
  ['somewhere', 'somewhere'],
])('“%s” is said as “%s”', (origin, words) => {
  expect(placeOf(origin)).toBe(words)
})
