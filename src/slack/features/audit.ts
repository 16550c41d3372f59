// `/invites audit`: the audit log for Corporate Admins, filtered, newest first, page by page; and as a file.
import type { KnownBlock, ModalView } from '@slack/types'
import { type LoggedEvent, type LogPlace, readLog } from '../../audit/index.ts'
import { isCorporateAdmin } from '../../organisation/index.ts'
import { findPerson, readEmailAddress } from '../../people/index.ts'
import { Refusal, Refusals } from '../../refusal.ts'
import { placeOf, sentenceOf } from '../act-sentences.ts'
import { MOST_IN_FILE, sendAuditFile } from '../audit-file.ts'
import {
  type AuditFilter,
  FIRST_FILTER,
  groupChoices,
  momentsFor,
  periodChoices,
  readDay,
  readFilter,
  readGroup,
  readPeriod,
  wordsForFilter,
} from '../audit-filter.ts'
import {
  actions,
  button,
  choiceField,
  dayField,
  emailField,
  escapeText,
  memberField,
  moment,
  plain,
  section,
} from '../blocks.ts'
import { notice } from '../dispatch.ts'
import type { ActionVisit, Feature, SubmissionResult, SubmissionVisit, Visit } from '../feature.ts'

const OPEN = 'audit_open'
const FILTER = 'audit_filter'
const FILTER_FORM = 'audit_filter_form'
const OLDER = 'audit_older'
const NEWER = 'audit_newer'
const AS_FILE = 'audit_file'
/** Events in a modal. */
const PAGE = 10

export const audit: Feature = {
  name: 'audit',
  command: {
    word: 'audit',
    usage: 'audit',
    purpose: 'shows what happened, by whom and when, and gives it as a file (Corporate Admins)',
    run: async (visit) => visit.open(await logView(visit, FIRST_FILTER)),
  },
  actions: {
    [OPEN]: async (visit) => visit.open(await logView(visit, FIRST_FILTER)),
    [FILTER]: async (visit) => visit.push(filterForm(visit, filterOf(visit))),
    [OLDER]: (visit) => turn(visit, 'older'),
    [NEWER]: (visit) => turn(visit, 'newer'),
    [AS_FILE]: async (visit) => {
      ensureMayRead(visit)
      const filter = filterOf(visit)
      await visit.push(notice('Audit log', 'The file comes to your direct messages in a moment.'))
      await sendAuditFile(visit, await momentsFor(visit, filter), wordsForFilter(filter))
    },
  },
  submissions: { [FILTER_FORM]: changeFilter },
}

function ensureMayRead({ member, organisation }: Visit): void {
  if (!isCorporateAdmin(member, organisation)) throw new Refusal('may_not_see_log')
}

function filterOf({ view }: ActionVisit): AuditFilter {
  return readFilter(view?.privateMetadata ?? '')
}

async function turn(visit: ActionVisit, way: 'older' | 'newer'): Promise<void> {
  const [at = '', id = ''] = visit.value.split(' ')
  const place = { at: new Date(at), id }
  const isPlace = !Number.isNaN(place.at.getTime()) && /^[0-9a-f-]{36}$/.test(id)
  await visit.update(await logView(visit, filterOf(visit), isPlace ? { [way]: place } : {}))
}

type Turn = { older?: LogPlace; newer?: LogPlace }

async function logView(visit: Visit, filter: AuditFilter, way: Turn = {}): Promise<ModalView> {
  ensureMayRead(visit)
  const { events, hasNewer, hasOlder } = await readShown(visit, filter, way)
  const [first, last] = [events[0], events.at(-1)]
  const blocks: KnownBlock[] = [
    section(`*${escapeText(wordsForFilter(filter))}*`),
    ...actions([
      button(FILTER, 'Filter', { label: 'Filter by person, act or time' }),
      button(AS_FILE, 'As CSV', {
        label: `As CSV: these events as a file, at most ${MOST_IN_FILE.toLocaleString('en')}`,
      }),
    ]),
    { type: 'divider' },
    ...(events.length === 0 ? [section('Nothing like this was written down.')] : events.map(line)),
    ...actions([
      ...(hasNewer && first ? [button(NEWER, 'Newer', { value: placeText(first), label: 'Newer events' })] : []),
      ...(hasOlder && last ? [button(OLDER, 'Older', { value: placeText(last), label: 'Older events' })] : []),
    ]),
  ]
  return {
    type: 'modal',
    private_metadata: JSON.stringify(filter),
    title: plain('Audit log', 24),
    close: plain('Close', 24),
    blocks,
  }
}

async function readShown(
  visit: Visit,
  filter: AuditFilter,
  way: Turn,
): Promise<{ events: LoggedEvent[]; hasNewer: boolean; hasOlder: boolean }> {
  const { db } = visit.c
  const found = await momentsFor(visit, filter)
  if (way.newer) {
    const events = await readLog(db, found, { newer: way.newer, limit: PAGE + 1 })
    const hasNewer = events.length > PAGE
    // A page that is not full would be the first one in part: the first one is shown instead.
    if (events.length >= PAGE) return { events: events.slice(-PAGE), hasNewer, hasOlder: true }
  }
  const { older } = way
  const events = await readLog(db, found, { limit: PAGE + 1, ...(older ? { older } : {}) })
  return { events: events.slice(0, PAGE), hasNewer: older !== undefined, hasOlder: events.length > PAGE }
}

function line(event: LoggedEvent): KnownBlock {
  return section(`${escapeText(sentenceOf(event))}\n${moment(event.at)} · ${escapeText(placeOf(event.origin))}`)
}

function placeText({ at, id }: LogPlace): string {
  return `${at.toISOString()} ${id}`
}

function filterForm(visit: Visit, filter: AuditFilter): ModalView {
  ensureMayRead(visit)
  const { person, group, period, from, to } = filter
  return {
    type: 'modal',
    callback_id: FILTER_FORM,
    private_metadata: JSON.stringify(filter),
    title: plain('Filter the audit log', 24),
    submit: plain('Show', 24),
    close: plain('Back', 24),
    blocks: [
      memberField({
        id: 'member',
        label: 'Person',
        hint: 'What they did, and what happened to them and to their invitations.',
        optional: true,
        value: person?.slackUserId || null,
      }),
      emailField({
        id: 'email',
        label: 'or their address',
        optional: true,
        value: person?.email ?? '',
      }),
      choiceField({
        id: 'group',
        label: 'Acts',
        choices: groupChoices,
        chosen: groupChoices.find(({ id }) => id === (group ?? 'everything')),
        ask: 'Choose what to show',
      }),
      choiceField({
        id: 'period',
        label: 'Time',
        choices: periodChoices,
        chosen: periodChoices.find(({ id }) => id === period),
        ask: 'Choose a time',
      }),
      dayField({ id: 'from', label: 'First day', optional: true, value: from }),
      dayField({
        id: 'to',
        label: 'Last day',
        hint: `Days begin and end at midnight in ${visit.organisation.timeZone}.`,
        optional: true,
        value: to,
      }),
    ],
  }
}

async function changeFilter(visit: SubmissionVisit): Promise<SubmissionResult> {
  ensureMayRead(visit)
  const filter = await readForm(visit)
  const view = await logView(visit, filter)
  return {
    after: async () => {
      await visit.client.views.update({ view_id: visit.view.rootId, view })
    },
  }
}

async function readForm(visit: SubmissionVisit): Promise<AuditFilter> {
  const { values } = visit
  const before = readFilter(visit.view.privateMetadata)
  const [from, to] = [readDay(values.from), readDay(values.to)]
  const chosen = readPeriod(values.period)
  // Whoever chooses days and leaves the menu as it was means the days.
  const period = (from || to) && chosen === before.period ? 'days' : chosen
  const refusals: Refusal[] = []
  if (period === 'days' && !from && !to) refusals.push(new Refusal('days_missing', { field: 'from' }))
  if (period === 'days' && from && to && from > to) refusals.push(new Refusal('days_reversed', { field: 'to' }))
  const person = await readPerson(visit, refusals)
  if (refusals.length > 0) throw new Refusals(refusals)
  const days = period === 'days' ? { from, to } : { from: null, to: null }
  return { person, group: readGroup(values.group), period, ...days }
}

async function readPerson(visit: SubmissionVisit, refusals: Refusal[]): Promise<AuditFilter['person']> {
  const { member: slackUserId, email } = visit.values
  const db = visit.c.db
  const organisationId = visit.organisation.id
  if (slackUserId && email) {
    refusals.push(new Refusal('person_twice', { field: 'email' }))
    return null
  }
  if (slackUserId) {
    const person = await findPerson(db, organisationId, { slackUserId })
    if (!person) refusals.push(new Refusal('person_not_known', { field: 'member' }))
    return person ? { ...person, slackUserId, email: '' } : null
  }
  if (!email) return null
  const address = readEmailAddress(email)
  const person = address ? await findPerson(db, organisationId, { emailKey: address.key }) : undefined
  if (!address) refusals.push(new Refusal('address_malformed', { field: 'email' }))
  else if (!person) refusals.push(new Refusal('person_not_known', { field: 'email' }))
  return address && person ? { ...person, name: address.shown, slackUserId: '', email: address.written } : null
}
