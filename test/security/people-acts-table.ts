// Who may do what with whom, for an auditor to read: SPEC's section 2 by hand, one line for each person acted upon and one
// column for each actor. The test presses every button for every cell, offered or forged.
import type { Role, UserType } from '../../src/database/index.ts'

export type Standing = { role?: Role; department?: 'nursing' | 'surgery'; hubs?: ('room' | 'main' | 'room admin')[] }
export const userTypeIn = (hub: string): UserType => (hub === 'room admin' ? 'hub_admin' : 'team_member')

/** The columns; `oneself` among the targets is the actor. */
export const ACTORS = [
  'UCORP',
  'UADMIN',
  'UQUAL',
  'UHR',
  'UHUB',
  'UTEAM',
  'UEXT',
  'UNODEP',
  'UPLAIN',
  'UGUEST',
  'UGONE',
] as const
export type ActorId = (typeof ACTORS)[number]

/** Within the department or hub of some actors, beside them, level with them, above them. */
export const TARGETS: Record<string, Standing> = {
  'a nurse': { role: 'employee', department: 'nursing' },
  'a surgeon': { role: 'employee', department: 'surgery' },
  'an HR Admin of Nursing': { role: 'hr_admin', department: 'nursing' },
  'a Corporate Admin of Nursing': { role: 'corporate_admin', department: 'nursing' },
  'a member of the room': { hubs: ['room'] },
  'a member of the room and of another hub': { hubs: ['room', 'main'] },
  'a Hub Admin of the room': { hubs: ['room admin'] },
  'a Quality Admin in the room': { role: 'quality_admin', department: 'surgery', hubs: ['room'] },
  'somebody of no hub and no department': {},
  oneself: {},
}

// "yes" where the act is done, "." where it is refused and nothing changes.
const TABLES = {
  see: `
    target                                  | corporate workspace quality hr  hub team external homeless plain guest gone
    a nurse                                 | yes       yes       yes     yes .   .    .        .        .     .     .
    a surgeon                               | yes       yes       .       .   .   .    .        .        .     .     .
    an HR Admin of Nursing                  | yes       yes       yes     yes .   .    .        .        .     .     .
    a Corporate Admin of Nursing            | yes       yes       yes     yes .   .    .        .        .     .     .
    a member of the room                    | yes       yes       .       .   yes .    .        .        .     .     .
    a member of the room and of another hub | yes       yes       .       .   yes .    .        .        .     .     .
    a Hub Admin of the room                 | yes       yes       .       .   yes .    .        .        .     .     .
    a Quality Admin in the room             | yes       yes       .       .   yes .    .        .        .     .     .
    somebody of no hub and no department    | yes       yes       .       .   .   .    .        .        .     .     .
    oneself                                 | yes       yes       yes     yes yes .    .        .        .     .     .`,
  employ: `
    target                                  | corporate workspace quality hr  hub team external homeless plain guest gone
    a nurse                                 | yes       yes       .       yes .   .    .        .        .     .     .
    a surgeon                               | yes       yes       .       .   .   .    .        .        .     .     .
    an HR Admin of Nursing                  | yes       yes       .       yes .   .    .        .        .     .     .
    a Corporate Admin of Nursing            | yes       yes       .       .   .   .    .        .        .     .     .
    a member of the room                    | yes       yes       .       .   .   .    .        .        .     .     .
    a member of the room and of another hub | yes       yes       .       .   .   .    .        .        .     .     .
    a Hub Admin of the room                 | yes       yes       .       .   .   .    .        .        .     .     .
    a Quality Admin in the room             | yes       yes       .       .   .   .    .        .        .     .     .
    somebody of no hub and no department    | yes       yes       .       .   .   .    .        .        .     .     .
    oneself                                 | .         .         .       .   .   .    .        .        .     .     .`,
  account: `
    target                                  | corporate workspace quality hr  hub team external homeless plain guest gone
    a nurse                                 | yes       yes       yes     yes .   .    .        .        .     .     .
    a surgeon                               | yes       yes       .       .   .   .    .        .        .     .     .
    an HR Admin of Nursing                  | yes       yes       yes     yes .   .    .        .        .     .     .
    a Corporate Admin of Nursing            | yes       yes       .       .   .   .    .        .        .     .     .
    a member of the room                    | yes       yes       .       .   yes .    .        .        .     .     .
    a member of the room and of another hub | yes       yes       .       .   .   .    .        .        .     .     .
    a Hub Admin of the room                 | yes       yes       .       .   yes .    .        .        .     .     .
    a Quality Admin in the room             | yes       yes       .       .   .   .    .        .        .     .     .
    somebody of no hub and no department    | yes       yes       .       .   .   .    .        .        .     .     .
    oneself                                 | .         .         .       .   .   .    .        .        .     .     .`,
}
export type Table = keyof typeof TABLES

/** Every act, the table that rules it, the buttons that ask for it: on a card, and for those chosen in the list. */
export const ACTS = {
  'see the card': { table: 'see', card: 'person_open' },
  'mark as left': { table: 'employ', card: 'card_mark_left', chosen: 'people_mark_left' },
  'bring back': { table: 'employ', card: 'card_bring_back', chosen: 'people_bring_back' },
  'set Contractor': { table: 'employ', card: 'card_set_contractor', chosen: 'people_set_contractor' },
  'pause the account': { table: 'account', chosen: 'people_pause' },
  'reopen the account': { table: 'account', chosen: 'people_reopen' },
  'reset two-step verification': { table: 'account', card: 'factors_reset' },
} as const satisfies Record<string, { table: Table; card?: string; chosen?: string }>
export type Act = keyof typeof ACTS

/** Whether an actor may do what this table rules with a target. */
export function may(table: Table, target: string, actor: ActorId): boolean {
  const line = TABLES[table].split('\n').find((one) => one.split('|')[0]?.trim() === target)
  const cells = line?.split('|')[1]?.trim().split(/\s+/) ?? []
  const cell = cells[ACTORS.indexOf(actor)]
  if (cells.length !== ACTORS.length || (cell !== 'yes' && cell !== '.'))
    throw new Error(`no cell: ${target}, ${actor}`)
  return cell === 'yes'
}
