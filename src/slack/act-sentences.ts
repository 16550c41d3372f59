// The audit log in sentences: one for each act, whole in itself. Pure; as plain text, which the caller escapes.
import type { Act, ToldEvent } from '../audit/index.ts'
import { cut } from './blocks.ts'

/** Names and addresses in a sentence; a value that was changed. In characters. */
const LONGEST = { name: 100, value: 80, words: 200 }
const MOST_CHANGES = 8

type Told = {
  who: string
  /** To whom or what. */
  subject: string
  before: Record<string, unknown>
  after: Record<string, unknown>
  origin: string
}

const SENTENCES: Record<Act, (told: Told) => string> = {
  'organisation.created': ({ subject }) => `Usher began to work for ${subject}.`,
  'settings.changed': (told) => `${told.who} changed the settings${changes(told)}.`,
  'hub.created': ({ who, subject }) => `${who} added the hub “${subject}”.`,
  'department.created': ({ who, subject }) => `${who} added the department “${subject}”.`,
  'location.created': ({ who, subject }) => `${who} added the location “${subject}”.`,
  'hub.renamed': (told) => renamed('hub', told),
  'department.renamed': (told) => renamed('department', told),
  'location.renamed': (told) => renamed('location', told),
  'hub.archived': ({ who, subject }) => `${who} archived the hub “${subject}”.`,
  'department.archived': ({ who, subject }) => `${who} archived the department “${subject}”.`,
  'location.archived': ({ who, subject }) => `${who} archived the location “${subject}”.`,
  'hub.restored': ({ who, subject }) => `${who} brought back the hub “${subject}”.`,
  'department.restored': ({ who, subject }) => `${who} brought back the department “${subject}”.`,
  'location.restored': ({ who, subject }) => `${who} brought back the location “${subject}”.`,
  'person.role_changed': (told) => `${told.who} changed what ${told.subject} is${changes(told)}.`,
  'person.added': ({ who, subject }) => `${subject} became known (from ${who}).`,
  'person.changed': (told) => `What is known of ${told.subject} changed (from ${told.who})${changes(told)}.`,
  'person.kept': ({ who, subject }) =>
    `${subject} stays an active Corporate Admin although ${who} says otherwise: nobody else is one.`,
  'person.deactivated': ({ who, subject }) => `${subject} became inactive (from ${who}).`,
  'person.reactivated': ({ who, subject }) => `${subject} became active again (from ${who}).`,
  'person.let_go': (told) => `${told.subject} lost what they had here${changes(told)}.`,
  'group.added': ({ who, subject }) => `The group “${subject}” became known (from ${who}).`,
  'group.renamed': ({ who, subject, before }) =>
    `The group “${text(before.name)}” is called “${subject}” now (from ${who}).`,
  'group.gone': ({ who, subject }) =>
    `The group “${subject}” is not there any more (from ${who}). Nobody was taken out of it.`,
  'group.back': ({ who, subject }) => `The group “${subject}” is there again (from ${who}).`,
  'group.members_changed': ({ who, subject, after }) =>
    `The members of the group “${subject}” changed (from ${who})${comings(after)}.`,
  'invitation.asked': ({ who, subject, after }) => `${who} invited ${subject}${asWhat(after)}.`,
  'invitation.scheduled': ({ who, subject, after }) =>
    `${who} scheduled the invitation of ${subject} for ${minuteOf(after.dueAt)}.`,
  'invitation.schedule_cancelled': ({ who, subject }) => `${who} cancelled the scheduled invitation of ${subject}.`,
  'invitation.schedule_refused': ({ subject, after }) =>
    `The scheduled invitation of ${subject} was not sent: ${wordsOf(text(after.code))}.`,
  'invitation.sent': ({ subject, origin }) =>
    `The message to ${subject} was handed to ${origin === 'sms' ? 'Twilio' : 'the mail server'}.`,
  'invitation.carried': ({ subject, after }) =>
    `${subject} was told in the same message as of ${String(after.with ?? 'another hub')}.`,
  'invitation.slip_made': ({ who, subject }) =>
    `${who} made a new activation slip for ${subject}; the older one is dead.`,
  'invitation.delivered': ({ subject }) => `The text message to ${subject} arrived on the phone.`,
  'invitation.maybe_sent': ({ subject, after }) =>
    `The message to ${subject} may have been sent.${more(after, 'problem')}`,
  'invitation.failed': ({ subject, after }) =>
    `The message to ${subject} could not be delivered.${more(after, 'problem')}`,
  // Without a new status it came too late to change anything.
  'invitation.bounced': ({ subject, after }) =>
    `${after.status === undefined ? 'An earlier message' : 'The message'} to ${subject} came back.${more(after, 'problem')}`,
  'invitation.delayed': ({ subject, after }) =>
    `The message to ${subject} has not arrived yet.${more(after, 'problem')}`,
  'invitation.reminded': ({ subject, after }) => `${subject} was reminded of the invitation, ${text(after.when)}.`,
  'invitation.reminder_failed': ({ subject, after }) =>
    `The reminder to ${subject} could not be delivered.${more(after, 'problem')}`,
  'invitation.let_go': ({ who, subject }) =>
    `${who} let the expired invitation of ${subject} go: the weekly message does not name it any more.`,
  'invitation.resent': ({ who, subject }) => `${who} sent the invitation of ${subject} again, with a new link.`,
  'invitation.moved': ({ subject, before, after }) =>
    after.status === 'Awaiting approval'
      ? `The request is for ${subject} now: the address or number changed from ${text(before.contact)}.`
      : `The address or number changed from ${text(before.contact)} to ${subject}: the old link no longer works, and a new message goes there.`,
  'invitation.revoked': ({ who, subject }) => `${who} revoked the invitation of ${subject}.`,
  'invitation.expired': ({ subject }) => `The invitation of ${subject} expired without an answer.`,
  'invitation.asked_again': ({ subject }) => `Somebody with an older link of ${subject} asked for a new one.`,
  'invitation.accepted': ({ who, subject, after }) => `${who} (${subject}) joined${asWhat(after)}.`,
  'invitation.settled': ({ subject, after }) =>
    `The invitation of ${subject}, who had an account already, counts as accepted: ${text(after.because)}.`,
  'invitation.added_to_hub': ({ who, subject, after }) =>
    `${who} added ${subject}, who has an account already${asWhat(after)}.`,
  'request.asked': ({ who, subject, after }) => `${who} requested that ${subject} be invited${asWhat(after)}.`,
  'request.approved': ({ who, subject, after }) =>
    `${who} approved the request for ${subject}${asWhat(after)}.${more(after, 'answer')}`,
  'request.rejected': ({ who, subject, after }) =>
    `${who} rejected the request for ${subject}.${more(after, 'answer')}`,
  'request.lapsed': ({ subject }) => `Nobody decided in time on the request for ${subject}: it lapsed.`,
  'request.closed': ({ subject, after }) => `The request for ${subject} was closed.${more(after, 'because')}`,
  'list.sent': ({ who, subject, after }) => `${who} sent ${subject}${counts(after, ['invited', 'couldNot'])}.`,
  'list.undone': ({ who, subject, after }) => `${who} took back ${subject}${counts(after, ['revoked'])}.`,
  'people.imported': ({ who, subject, after }) =>
    `${who} brought people in from ${subject}${counts(after, ['added', 'changed', 'unchanged', 'invited'])}.`,
  'auto.turned_on': ({ who, after }) =>
    `${who} turned on the automatic invitations for ${text(after.groups)}${asWhat(after)}, and agreed: ${text(after.consent)}.`,
  'auto.changed': (told) => `${told.who} changed the automatic invitations${changes(told)}.`,
  'auto.turned_off': ({ who }) => `${who} turned off the automatic invitations.`,
  'auto.stopped': ({ after }) => `The automatic invitations stopped: ${wordsOf(text(after.because))}.`,
  'auto.agreed': ({ who, after }) =>
    `${who} agreed that ${text(after.people)} people are invited at once by the automatic invitations.`,
  'account.paused': ({ who, subject }) => `${who} paused the account of ${subject}.`,
  'account.reopened': ({ who, subject }) => `${who} opened the account of ${subject} again.`,
  'account.signed_in': ({ who, origin, after }) =>
    `${who} signed in${provedBy(after)} (${[placeOf(origin), text(after.client)].filter(Boolean).join(', ')}).`,
  'account.sign_in_failed': ({ who, origin, subject, after }) =>
    `${who} (${placeOf(origin)}) ${failedAt(subject, after)}${after.because === 'too_many' ? ': too many tries' : ''}.`,
  'account.code_wrong': ({ who, origin, subject, after }) =>
    `${who} (${placeOf(origin)}) gave a wrong code (${CODES[text(after.kind)] ?? 'a code'}) for ${subject}: ${wordsOf(text(after.code))}.`,
  'account.signed_out': ({ who }) => `${who} signed out.`,
  'account.sessions_ended': ({ who, after }) => `${who} signed out elsewhere (${text(after.ended)} sessions).`,
  'account.password_changed': ({ who, origin, after }) =>
    `${who} ${after.how === 'link' ? 'chose a new password by a link' : 'changed the password'} (${placeOf(origin)}).`,
  'account.password_forgotten': ({ origin, subject }) =>
    `Somebody (${placeOf(origin)}) asked for a new password for ${subject}; a link was sent.`,
  'factor.added': ({ who, after }) => `${who} added a second factor (${text(after.factor)}).`,
  'factor.removed': ({ who, before }) => `${who} removed a second factor (${text(before.factor)}).`,
  'factor.reset': ({ who, subject, before }) =>
    `${who} reset the second factors of ${subject} (${text(before.factor)}).`,
  'recovery.used': ({ who, after }) => `${who} used a recovery code (${text(after.left)} left).`,
  'recovery.renewed': ({ who }) => `${who} made new recovery codes.`,
  'terms.agreed': ({ who, after }) => `${who} agreed to version ${text(after.termsVersion)} of the terms.`,
  'link.changed': (told) => `${told.who} set up the registration link of ${told.subject}${changes(told)}.`,
  'link.turned_on': ({ who, subject }) => `${who} turned on the registration link of ${subject}.`,
  'link.turned_off': ({ who, subject }) => `${who} turned off the registration link of ${subject}.`,
  'link.renewed': ({ who, subject }) => `${who} gave the registration link of ${subject} a new address.`,
  'link.paused': ({ subject }) => `The registration link of ${subject} was paused: too many requests in one minute.`,
  'link.asked': ({ origin, subject, after }) =>
    `Somebody (${placeOf(origin)}) gave ${text(after.email)} to the registration link of ${subject}.`,
  'link.probed': ({ origin, subject, after }) =>
    `Somebody (${placeOf(origin)}) ${after.how === 'sent' ? 'sent the form of' : 'opened'} a link that does not work (${subject}).`,
  'scim.token_shown': ({ who }) => `The SCIM token was shown to ${who}, once.`,
  'scim.token_made': ({ who }) => `${who} made a SCIM token: a directory can bring people and groups in.`,
  'scim.token_renewed': ({ who }) => `${who} renewed the SCIM token: the one before is dead.`,
  'scim.token_ended': ({ who }) => `${who} took the SCIM token away: no directory is let in any more.`,
  'audit.keyed': ({ after }) =>
    `Seals of the audit log are made with a key from here on; the ${text(after.unkeyed)} before it were made without one.`,
  'data.exported': ({ who, after }) => `${who} exported the ${text(after.what)} as a file${filteredBy(after)}.`,
  'security.overflow': ({ after }) =>
    `${text(after.count)} more ${text(after.what)} came within a minute than the audit log takes one by one (${minuteOf(after.minute)}).`,
  'selection.used': ({ who, after }) =>
    `${who} chose ${after.people === 1 ? 'one person' : `${text(after.people)} people`} from the list to ${text(after.what)}.`,
  refused: ({ who, after }) => `${who} was refused: ${wordsOf(text(after.code))}.`,
}

/** One sentence for any event. An act that a newer or older Usher wrote, and this one does not know, is named. */
export function sentenceOf({ act, actorName, subjectName, origin, before, after }: ToldEvent): string {
  const who = oneLine(actorName, LONGEST.name) || 'Somebody'
  const subject = oneLine(subjectName, LONGEST.name) || 'somebody without a name'
  const say = Object.hasOwn(SENTENCES, act) ? SENTENCES[act] : undefined
  return say ? say({ who, subject, before, after, origin }) : `${who}: ${oneLine(act, LONGEST.name)} (${subject}).`
}

/** "in Slack", "web page, 203.0.113.7": from where somebody acted. */
export function placeOf(origin: string): string {
  const [, address] = /^web (.+)$/.exec(origin) ?? []
  if (address) return `web page, ${oneLine(address, LONGEST.name)}`
  const [, directory] = /^scim (.+)$/.exec(origin) ?? []
  if (directory) return `directory by SCIM, ${oneLine(directory, LONGEST.name)}`
  const known: Record<string, string> = { slack: 'in Slack', mail: 'mail server', scheduler: 'by the clock' }
  return known[origin] ?? oneLine(origin, LONGEST.name)
}

function renamed(kind: string, { who, subject, before }: Told): string {
  return `${who} renamed the ${kind} “${text(before.name)}” to “${subject}”.`
}

const PROOFS: Record<string, string> = { password: 'a password', slack: 'Slack' }
const FACTORS: Record<string, string> = {
  app: 'an authenticator app',
  email: 'a code by email',
  sms: 'a code by text message',
  recovery: 'a recovery code',
}

const CODES: Record<string, string> = {
  ...FACTORS,
  new: 'the first code of a new factor',
  slip: 'the code of an activation slip',
}

function failedAt(subject: string, after: Record<string, unknown>): string {
  if (after.name === 'unknown') return 'tried to sign in with a name that is nobody’s'
  if (after.how === 'confirming') return 'gave a wrong password to confirm a change of their account'
  return `tried to sign in as ${subject} ${after.how === 'slack' ? 'with Slack' : 'with a wrong password'}`
}

/** " with Slack and a code by email"; '' for events of before, which do not say it. */
function provedBy(after: Record<string, unknown>): string {
  const said = [PROOFS[text(after.proof)], FACTORS[text(after.factor)]].filter((words) => words !== undefined)
  return said.length > 0 ? ` with ${said.join(' and ')}` : ''
}

function filteredBy(after: Record<string, unknown>): string {
  const filter = text(after.filter)
  return filter ? ` (${filter})` : ''
}

/** "2026-11-20 09:42 UTC". */
function minuteOf(moment: unknown): string {
  return `${text(moment).slice(0, 16).replace('T', ' ')} UTC`
}

function asWhat(after: Record<string, unknown>): string {
  const hub = text(after.hub)
  const what = [text(after.userType), text(after.role), text(after.department), text(after.location)].filter(Boolean)
  return (hub ? ` into ${hub}` : '') + (what.length > 0 ? ` as ${what.join(', ')}` : '')
}

function more(after: Record<string, unknown>, key: string): string {
  const words = oneLine(after[key], LONGEST.words)
  return words ? ` ${words}` : ''
}

function counts(after: Record<string, unknown>, keys: string[]): string {
  const told = keys.flatMap((key) => (typeof after[key] === 'number' ? `${after[key]} ${wordsOf(key)}` : []))
  return told.length > 0 ? `: ${told.join(', ')}` : ''
}

/** ": 2 came (Ana, Bob); 1 left (Cleo)". */
function comings(after: Record<string, unknown>): string {
  const told = (['added', 'removed'] as const).flatMap((key) => {
    if (typeof after[key] !== 'number') return []
    const names = after[key === 'added' ? 'newMembers' : 'formerMembers']
    const some = Array.isArray(names) ? names.slice(0, MOST_CHANGES).map((name) => text(name)) : []
    const rest = after[key] > some.length ? ', …' : ''
    return [
      `${after[key]} ${key === 'added' ? 'came' : 'left'}${some.length > 0 ? ` (${some.join(', ')}${rest})` : ''}`,
    ]
  })
  return told.length > 0 ? `: ${told.join('; ')}` : ''
}

function changes({ before, after }: Told): string {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  const changed = keys.filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]))
  const told = changed
    .slice(0, MOST_CHANGES)
    .map((key) => `${wordsOf(key)} from ${shown(before[key])} to ${shown(after[key])}`)
  const rest = changed.length > told.length ? [`and ${changed.length - told.length} more`] : []
  return told.length > 0 ? `: ${[...told, ...rest].join('; ')}` : ''
}

function shown(value: unknown): string {
  if (value === null || value === undefined || value === '') return 'nothing'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return `“${text(value)}”`
}

/** "invitationDays" and "may_not_give" as a person would write them. */
function wordsOf(name: string): string {
  return name
    .replace(/Id$/, '')
    .replaceAll('_', ' ')
    .replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}

function text(value: unknown): string {
  return oneLine(value, LONGEST.value)
}

/** A name with a line break in it must not look like an event of its own. */
function oneLine(value: unknown, most: number): string {
  const words = typeof value === 'string' ? value : value === null || value === undefined ? '' : JSON.stringify(value)
  return cut(words.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim(), most)
}
