// /scim/v2/Groups: what a directory does with groups, as replies. Members are read only where they are wanted.
import type { ScimCaller, ScimDirectory } from '../../people/index.ts'
import { readGroup, readGroupPatch } from './group-body.ts'
import { choose, groupDocument, listDocument } from './scim-document.ts'
import {
  type Choice,
  groupSearch,
  type ListQuery,
  readChoice,
  readQuery,
  readSearch,
  wantsMembers,
} from './scim-query.ts'
import type { Reply } from './send.ts'
import type { ScimRoutes } from './users.ts'

export function createGroupRoutes(directory: ScimDirectory, base: string): ScimRoutes {
  async function one(
    caller: ScimCaller,
    { id, status, choice }: { id: string; status: number; choice: Choice },
  ): Promise<Reply> {
    const group = await directory.readGroup(caller, { id, withMembers: wantsMembers(choice) })
    return { status, document: choose(groupDocument(group, base), choice), location: `${base}/Groups/${id}` }
  }
  async function find(caller: ScimCaller, { filter, page, choice }: ListQuery) {
    const query = { search: groupSearch(filter), page, withMembers: wantsMembers(choice) }
    const { groups, total } = await directory.listGroups(caller, query)
    return { documents: groups.map((group) => choose(groupDocument(group, base), choice)), total }
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
      const id = await directory.createGroup(caller, readGroup(body))
      return one(caller, { id, status: 201, choice })
    },
    async read({ caller, id, query }) {
      return one(caller, { id, status: 200, choice: readChoice(query) })
    },
    async replace({ caller, id, query, body }) {
      const choice = readChoice(query)
      const { memberIds, ...group } = readGroup(body)
      const change = { ...group, members: [{ kind: 'replace' as const, memberIds }] }
      await directory.changeGroup(caller, { id, change })
      return one(caller, { id, status: 200, choice })
    },
    // Without a document (RFC 7644, 3.5.2): a group may have thousands of members, and one was added.
    async patch({ caller, id, body }) {
      await directory.changeGroup(caller, { id, change: readGroupPatch(body) })
      return { status: 204 }
    },
    async remove({ caller, id }) {
      await directory.removeGroup(caller, id)
      return { status: 204 }
    },
  }
}
