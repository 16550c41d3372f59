// Where a person stands: the two filters that people know, and what the database makes of both (the function
// "person_standing" in the migrations gives "invitation/account"). Pure.

/** By invitation: SPEC, section 1. A revoked or rejected one counts as none. */
export const INVITED_STATES = ['invited', 'not_invited', 'waiting', 'error'] as const
export type InvitedState = (typeof INVITED_STATES)[number]
/** By user status. */
export const USER_STATES = ['not_invited', 'pending', 'expired', 'active', 'inactive'] as const
export type UserState = (typeof USER_STATES)[number]

export const INVITED_STATE_NAMES: Record<InvitedState, string> = {
  invited: 'Invited',
  not_invited: 'Not invited',
  waiting: 'Waiting',
  error: 'Error',
}

export const USER_STATE_NAMES: Record<UserState, string> = {
  not_invited: 'Not invited',
  pending: 'Pending',
  expired: 'Expired',
  active: 'Active',
  inactive: 'Inactive',
}

/** The two lists that HR works through: active people whom nobody has categorised, and those who have left. */
export const SPECIAL_LISTS = ['uncategorised', 'left'] as const
export type SpecialList = (typeof SPECIAL_LISTS)[number]

export const SPECIAL_LIST_NAMES: Record<SpecialList, string> = {
  uncategorised: 'Not categorised',
  left: 'Has left',
}

/** What a list of people is narrowed to; `search` as it was typed. */
export type PeopleFilter = {
  invited: InvitedState | 'all'
  user: UserState | 'all'
  only: SpecialList | 'all'
  search: string
}

export const EVERYBODY: PeopleFilter = { invited: 'all', user: 'all', only: 'all', search: '' }

/** Every standing that both filters let through; undefined where they let everybody through. */
export function standingsOf({ invited, user }: Pick<PeopleFilter, 'invited' | 'user'>): string[] | undefined {
  if (invited === 'all' && user === 'all') return undefined
  const first = invited === 'all' ? INVITED_STATES : [invited]
  const second = user === 'all' ? USER_STATES : [user]
  return first.flatMap((one) => second.map((other) => `${one}/${other}`))
}

/** Takes a standing apart. */
export function readStanding(standing: string): { invited: InvitedState; user: UserState } {
  const [first, second] = standing.split('/')
  return {
    invited: INVITED_STATES.find((state) => state === first) ?? 'not_invited',
    user: USER_STATES.find((state) => state === second) ?? 'not_invited',
  }
}

/** The one word for a person: the account's where there is one, else the invitation's. */
export function standingName({ invited, user }: { invited: InvitedState; user: UserState }): string {
  const isAccount = user === 'active' || user === 'inactive'
  return !isAccount && (invited === 'waiting' || invited === 'error')
    ? INVITED_STATE_NAMES[invited]
    : USER_STATE_NAMES[user]
}

/**
 * What was typed behind `people`: the name of a state or of a special list ("error", "not invited", "active",
 * "uncategorised", "left"), alone or in front of a search, else a search.
 */
export function readPeopleFilter(typed: string): PeopleFilter {
  const words = typed.trim().split(/\s+/).filter(Boolean)
  for (const length of [2, 1]) {
    const name = words.slice(0, length).join(' ').toLowerCase().replaceAll(/[-_]/g, ' ')
    const search = words.slice(length).join(' ')
    // "Not invited" stands in both filters; the one by invitation knows of a revoked one too.
    const invited = INVITED_STATES.find((state) => INVITED_STATE_NAMES[state].toLowerCase() === name)
    if (invited) return { ...EVERYBODY, invited, search }
    const user = USER_STATES.find((state) => USER_STATE_NAMES[state].toLowerCase() === name)
    if (user) return { ...EVERYBODY, user, search }
    const only = SPECIAL_LISTS.find((list) => list === name || SPECIAL_LIST_NAMES[list].toLowerCase() === name)
    if (only) return { ...EVERYBODY, only, search }
  }
  return { ...EVERYBODY, search: words[0]?.toLowerCase() === 'all' ? words.slice(1).join(' ') : words.join(' ') }
}
