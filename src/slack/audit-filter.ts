// What of the audit log somebody looks at: kept in the modal itself, said in words, and turned into moments. Pure but
// for `momentsFor`.
import { z } from 'zod'
import { type ActGroup, type LogFilter, momentsOf } from '../audit/index.ts'
import type { Choice } from './blocks.ts'
import type { Visit } from './feature.ts'

const PERIODS = ['today', '7', '30', 'all', 'days'] as const
export type Period = (typeof PERIODS)[number]

export const GROUP_NAMES: Record<ActGroup, string> = {
  invitations: 'Invitations and lists',
  approvals: 'Requests and approvals',
  links: 'Registration links',
  people: 'People and accounts',
  settings: 'Settings, hubs and departments',
  refusals: 'Security events',
}
const GROUPS = Object.keys(GROUP_NAMES) as ActGroup[]

const PERIOD_NAMES: Record<Period, string> = {
  today: 'Today',
  '7': 'The last 7 days',
  '30': 'The last 30 days',
  all: 'From the beginning',
  days: 'Between the days below',
}

const day = z.iso.date().nullable()
const filterShape = z.object({
  person: z.object({ id: z.guid(), name: z.string(), slackUserId: z.string(), email: z.string() }).nullable(),
  group: z.enum(GROUPS as [ActGroup, ...ActGroup[]]).nullable(),
  period: z.enum(PERIODS),
  from: day,
  to: day,
})
export type AuditFilter = z.infer<typeof filterShape>

/** `slackUserId` or `email`, as they were given; the other is ''. So the form shows the same choice again. */
export const FIRST_FILTER: AuditFilter = { person: null, group: null, period: '7', from: null, to: null }

/** The filter that a modal was opened with; the first one where it holds none. */
export function readFilter(privateMetadata: string): AuditFilter {
  try {
    return filterShape.parse(JSON.parse(privateMetadata))
  } catch {
    return FIRST_FILTER
  }
}

/** Everything is a choice of its own, because a menu cannot be emptied everywhere. */
export const EVERYTHING: Choice = { id: 'everything', name: 'Everything' }
export const groupChoices: Choice[] = [EVERYTHING, ...GROUPS.map((id) => ({ id, name: GROUP_NAMES[id] }))]
export const periodChoices: Choice[] = PERIODS.map((id) => ({ id, name: PERIOD_NAMES[id] }))

export const readGroup = (value: string | null | undefined) => GROUPS.find((group) => group === value) ?? null
export const readPeriod = (value: string | null | undefined) => PERIODS.find((period) => period === value) ?? '7'
/** A day as Slack's date picker gives it; null for anything else. */
export const readDay = (value: string | null | undefined) => day.safeParse(value ?? null).data ?? null

/** "Settings … · Ada Lovelace · the last 7 days". */
export function wordsForFilter({ person, group, period, from, to }: AuditFilter): string {
  const days = [from ? `from ${from}` : '', to ? `to ${to}` : ''].filter(Boolean).join(' ')
  const time = period === 'days' ? days : PERIOD_NAMES[period].replace(/^./, (letter) => letter.toLowerCase())
  return [group ? GROUP_NAMES[group] : 'Everything', ...(person ? [person.name] : []), time].join(' · ')
}

const DAY = 24 * 60 * 60 * 1000

/** The filter as the log takes it; days begin and end in the organisation's time zone. */
export async function momentsFor({ c, organisation }: Visit, filter: AuditFilter): Promise<LogFilter> {
  const { person, group, period } = filter
  const common = { organisationId: organisation.id, personId: person?.id ?? null, group }
  const now = c.now()
  if (period === 'all') return { ...common, since: null, until: null }
  if (period === '7' || period === '30') {
    return { ...common, since: new Date(now.getTime() - Number(period) * DAY), until: null }
  }
  const today = new Intl.DateTimeFormat('sv-SE', { timeZone: organisation.timeZone, dateStyle: 'short' }).format(now)
  const days = period === 'today' ? { from: today, to: null } : { from: filter.from, to: filter.to }
  return { ...common, ...(await momentsOf(c.db, days, organisation.timeZone)) }
}
