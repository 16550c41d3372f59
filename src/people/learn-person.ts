// A source says something of one person who is known: src/people/learn-people.ts, for one.
import type { Collaborators } from '../collaborators.ts'
import type { SqlTransaction } from '../database/index.ts'
import { type LearningOfMany, type Learnt, learnPeople, type Spoken } from './learn-people.ts'

export type { Learnt }
export type Learning = Omit<LearningOfMany, 'people'> & Spoken

/** As `learnPeople`. Throws where the person is not there. */
export async function learnPerson(
  tx: SqlTransaction,
  c: Pick<Collaborators, 'letGo'>,
  { personId, said, ...learning }: Learning,
): Promise<Learnt> {
  const learnt = await learnPeople(tx, c, { ...learning, people: [{ personId, said }] })
  const result = learnt.get(personId)
  if (!result) throw new Error('the person of whom something was said is not there')
  return result
}
