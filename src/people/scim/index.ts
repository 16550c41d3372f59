// A directory (Okta, Entra …) by SCIM 2.0: what the web door may ask for, bound to its collaborators.
import {
  changeScimGroup,
  createScimGroup,
  type NewScimGroup,
  removeScimGroup,
  type ScimGroupChange,
} from './change-group.ts'
import { changeScimUser, createScimUser, removeScimUser } from './change-user.ts'
import { listScimGroups, readScimGroupById, type ScimGroup, type ScimGroupSearch } from './find-groups.ts'
import { listScimUsers, readScimUserById, type ScimUser, type ScimUserSearch } from './find-users.ts'
import type { ScimResource } from './scim-resource.ts'
import type { ScimCaller, ScimNeeds, ScimPage } from './scim-store.ts'
import { findScimCaller } from './scim-token.ts'

export type { MemberChange, NewScimGroup, ScimGroupChange } from './change-group.ts'
export type { ScimGroup, ScimGroupSearch, ScimMember } from './find-groups.ts'
export type { ScimUser, ScimUserSearch } from './find-users.ts'
export { ScimRefusal, type ScimRefusalCode } from './scim-refusal.ts'
export { ENTERPRISE, type ScimResource, USHER } from './scim-resource.ts'
export type { ScimCaller, ScimPage } from './scim-store.ts'
export { endScimToken, makeScimToken, readScimToken, type ScimTokenState } from './scim-token.ts'

/** The use cases; each throws ScimRefusal where the answer is no. */
export type ScimDirectory = {
  /** The organisation that a token belongs to, or undefined. */
  findCaller: (token: string) => Promise<string | undefined>
  createUser: (caller: ScimCaller, resource: ScimResource) => Promise<ScimUser>
  readUser: (caller: ScimCaller, id: string) => Promise<ScimUser>
  listUsers: (
    caller: ScimCaller,
    query: { search: ScimUserSearch; page: ScimPage },
  ) => Promise<{ users: ScimUser[]; total: number }>
  changeUser: (
    caller: ScimCaller,
    act: { id: string; change: (resource: ScimResource) => ScimResource },
  ) => Promise<ScimUser>
  removeUser: (caller: ScimCaller, id: string) => Promise<void>
  createGroup: (caller: ScimCaller, group: NewScimGroup) => Promise<string>
  readGroup: (caller: ScimCaller, look: { id: string; withMembers: boolean }) => Promise<ScimGroup>
  listGroups: (
    caller: ScimCaller,
    query: { search: ScimGroupSearch; page: ScimPage; withMembers: boolean },
  ) => Promise<{ groups: ScimGroup[]; total: number }>
  changeGroup: (caller: ScimCaller, act: { id: string; change: ScimGroupChange }) => Promise<void>
  removeGroup: (caller: ScimCaller, id: string) => Promise<void>
}

export function createScimDirectory(c: ScimNeeds): ScimDirectory {
  return {
    findCaller: (token) => findScimCaller(c, token),
    createUser: (caller, resource) => createScimUser(c, caller, resource),
    readUser: (caller, id) => readScimUserById(c.db, caller, id),
    listUsers: (caller, query) => listScimUsers(c.db, caller, query),
    changeUser: (caller, act) => changeScimUser(c, caller, act),
    removeUser: (caller, id) => removeScimUser(c, caller, id),
    createGroup: (caller, group) => createScimGroup(c, caller, group),
    readGroup: (caller, look) => readScimGroupById(c.db, caller, look),
    listGroups: (caller, query) => listScimGroups(c.db, caller, query),
    changeGroup: (caller, act) => changeScimGroup(c, caller, act),
    removeGroup: (caller, id) => removeScimGroup(c, caller, id),
  }
}
