// The numbers of lists, from SPEC, sections 2 and 3.

/** How long a list can be undone, in ms. */
export const UNDO_WITHIN = 60_000
/** People that one inviter may invite by lists in a day. */
export const LIST_PEOPLE_A_DAY = 10_000
