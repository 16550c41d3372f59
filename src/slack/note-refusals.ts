// Whoever was refused is in the audit log too, beside the answer that they get.
import type { Sightings } from '../audit/index.ts'
import type { KnownMember, Organisation } from '../organisation/index.ts'
import { refusalsIn } from './words.ts'

/** Does what somebody asked for; the refusals among what it throws are noted, and thrown on. */
export async function noteRefusals<T>(
  door: Pick<Sightings, 'refused'>,
  { organisation, member, what }: { organisation: Organisation; member: KnownMember; what: string },
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    for (const { code } of refusalsIn(error)) {
      const actor = { id: member.id, name: member.name }
      door.refused({ organisationId: organisation.id, actor, code, what, origin: 'slack' })
    }
    throw error
  }
}
