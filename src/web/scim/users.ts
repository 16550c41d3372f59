// /scim/v2/Users: what a directory does with users, as replies.
import type { ScimCaller, ScimDirectory, ScimResource, ScimUser } from '../../people/index.ts'
import type { Ask } from './index.ts'
import { patchUser, readOperations } from './patch-user.ts'
import { choose, listDocument, userDocument } from './scim-document.ts'
import { type Choice, type ListQuery, readChoice, readQuery, readSearch, userSearch } from './scim-query.ts'
import type { Reply } from './send.ts'
import { readUser } from './user-schema.ts'

export type ScimRoutes = Record<
  'list' | 'search' | 'create' | 'read' | 'replace' | 'patch' | 'remove',
  (ask: Ask) => Promise<Reply>
> & {
  /** A page of documents, and how many there are in all. */
  find: (caller: ScimCaller, query: ListQuery) => Promise<{ documents: ScimResource[]; total: number }>
}

export function createUserRoutes(directory: ScimDirectory, base: string): ScimRoutes {
  const one = (user: ScimUser, { status, choice }: { status: number; choice: Choice }): Reply => {
    const location = `${base}/Users/${user.id}`
    return { status, document: choose(userDocument(user, base), choice), location }
  }
  async function find(caller: ScimCaller, { filter, page, choice }: ListQuery) {
    const { users, total } = await directory.listUsers(caller, { search: userSearch(filter), page })
    return { documents: users.map((user) => choose(userDocument(user, base), choice)), total }
  }
  async function list(caller: ScimCaller, query: ListQuery): Promise<Reply> {
    const { documents, total } = await find(caller, query)
    return { status: 200, document: listDocument(documents, { total, skip: query.page.skip }) }
  }
  return {
    find,
    list: ({ caller, query }) => list(caller, readQuery(query)),
    search: ({ caller, body }) => list(caller, readSearch(body)),
    async create({ caller, query, body }) {
      const choice = readChoice(query)
      return one(await directory.createUser(caller, readUser(body)), { status: 201, choice })
    },
    async read({ caller, id, query }) {
      const choice = readChoice(query)
      return one(await directory.readUser(caller, id), { status: 200, choice })
    },
    async replace({ caller, id, query, body }) {
      const choice = readChoice(query)
      const resource = readUser(body)
      return one(await directory.changeUser(caller, { id, change: () => resource }), { status: 200, choice })
    },
    async patch({ caller, id, query, body }) {
      const choice = readChoice(query)
      const operations = readOperations(body)
      const change = (resource: ScimResource) => patchUser(resource, operations)
      return one(await directory.changeUser(caller, { id, change }), { status: 200, choice })
    },
    async remove({ caller, id }) {
      await directory.removeUser(caller, id)
      return { status: 204 }
    },
  }
}
