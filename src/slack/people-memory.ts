// What the modal with the people remembers between two presses; who is chosen stands in the database.
import { z } from 'zod'
import { EVERYBODY, INVITED_STATES, type PersonPlace, SPECIAL_LISTS, USER_STATES } from '../people/index.ts'

export const SEARCH_LENGTH = 100
/** Names come from files too; in a modal's memory, which holds 3,000 characters, they stand at most so long. */
const PLACE_LENGTH = 120

const place = z.object({ lastName: z.string(), firstName: z.string(), id: z.uuid() })

const memory = z.object({
  filter: z.object({
    invited: z.enum(['all', ...INVITED_STATES]),
    user: z.enum(['all', ...USER_STATES]),
    only: z.enum(['all', ...SPECIAL_LISTS]).default('all'),
    search: z.string(),
  }),
  at: z.union([z.object({ after: place }), z.object({ before: place }), z.enum(['first', 'last'])]),
  /** The first and the last person on the page: the next page begins behind one, the one before ends before the other. */
  first: place.optional(),
  last: place.optional(),
  /** Empty until somebody is chosen. */
  selectionId: z.string(),
  /** Grows with every page: Slack keeps the ticks of a block that has the name of the one before. */
  page: z.number(),
  /** The channel where the command was typed. */
  from: z.string(),
})

export type PeopleMemory = z.infer<typeof memory>

export function rememberPeople({ filter, ...rest }: PeopleMemory): string {
  return JSON.stringify({ ...rest, filter: { ...filter, search: filter.search.slice(0, SEARCH_LENGTH) } })
}

/** Reads what `rememberPeople` wrote; the beginning of the list where it is anything else. */
export function recallPeople(written: string): PeopleMemory {
  const start: PeopleMemory = { filter: EVERYBODY, at: 'first', selectionId: '', page: 0, from: '' }
  try {
    return memory.safeParse(JSON.parse(written)).data ?? start
  } catch {
    return start
  }
}

/** A person's place, fit to be remembered. */
export function placeOf({ lastName, firstName, id }: PersonPlace): PersonPlace {
  return { lastName: lastName.slice(0, PLACE_LENGTH), firstName: firstName.slice(0, PLACE_LENGTH), id }
}
