// /scim/v2/.search: users and groups together, as one list: the users first, and behind them the groups.
import type { ScimCaller, ScimResource } from '../../people/index.ts'
import { listDocument } from './scim-document.ts'
import { ScimError } from './scim-error.ts'
import type { ListQuery } from './scim-query.ts'
import type { Reply } from './send.ts'
import type { ScimRoutes } from './users.ts'

type Finder = Pick<ScimRoutes, 'find'>

export async function searchEverything(
  { users, groups }: { users: Finder; groups: Finder },
  { caller, query }: { caller: ScimCaller; query: ListQuery },
): Promise<Reply> {
  const { skip, limit } = query.page
  const people = await findIn(users, { caller, query })
  const left = { skip: Math.max(0, skip - people.total), limit: limit - people.documents.length }
  const sets = await findIn(groups, { caller, query: { ...query, page: left } })
  // An attribute that neither has is a mistake; one that only the other has finds nothing here.
  if (people.refusal && sets.refusal) throw people.refusal
  const documents = [...people.documents, ...sets.documents]
  return { status: 200, document: listDocument(documents, { total: people.total + sets.total, skip }) }
}

type Found = { documents: ScimResource[]; total: number; refusal?: ScimError }

async function findIn({ find }: Finder, { caller, query }: { caller: ScimCaller; query: ListQuery }): Promise<Found> {
  try {
    return await find(caller, query)
  } catch (error) {
    if (!(error instanceof ScimError) || error.scimType !== 'invalidFilter') throw error
    return { documents: [], total: 0, refusal: error }
  }
}
