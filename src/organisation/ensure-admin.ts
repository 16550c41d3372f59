// Who acts on the organisation itself, read inside the transaction: they may have lost the right while a form was open.
import type { Transaction } from '../database/index.ts'
import { Refusal } from '../refusal.ts'
import { isCorporateAdmin } from './permissions.ts'
import { findMember, findOrganisation, type KnownMember, type Organisation } from './store.ts'

/** The organisation and its Corporate Admin who acts. Throws Refusal `may_not_change_settings` for everybody else. */
export async function ensureCorporateAdmin(
  tx: Transaction,
  { organisationId, actorId }: { organisationId: string; actorId: string },
): Promise<{ organisation: Organisation; actor: KnownMember }> {
  const organisation = await findOrganisation(tx, { id: organisationId })
  const actor = await findMember(tx, { id: actorId, organisationId })
  if (!organisation || !actor || !isCorporateAdmin(actor, organisation)) throw new Refusal('may_not_change_settings')
  return { organisation, actor }
}
