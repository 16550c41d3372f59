// Whom somebody means by a name that they typed: among the people whom they may see.
import { EVERYBODY, listPeople, type PeopleViewer, type PersonLine } from '../people/index.ts'
import { Refusal } from '../refusal.ts'
import { several } from './auto-words.ts'
import type { Visit } from './feature.ts'

/** More who are called the same are only counted. */
const NAMED = 5
const LOOKED_AT = 20

/** Those who are called exactly that; where nobody is, those in whose name or address it stands. At most twenty. */
export async function findByName({ c }: Pick<Visit, 'c'>, viewer: PeopleViewer, name: string): Promise<PersonLine[]> {
  const { people } = await listPeople(c.db, viewer, { filter: { ...EVERYBODY, search: name }, size: LOOKED_AT })
  const exactly = people.filter((person) => person.name.toLowerCase() === name.toLowerCase())
  return exactly.length > 0 ? exactly : people
}

/** The refusal that names them. */
export function severalFound(people: PersonLine[]): Refusal {
  return new Refusal('several_found', { detail: { names: several(people.map(nameAndAddress), NAMED) } })
}

function nameAndAddress({ name, email, mobile }: PersonLine): string {
  const address = email ?? mobile
  return address && address !== name ? `${name} (${address})` : name
}
