// What a directory is refused, before it is in SCIM's own words (src/web/scim/errors.ts). Members never meet these.

export type ScimRefusalCode =
  | 'user_unknown'
  | 'group_unknown'
  | 'user_name_missing'
  | 'user_name_taken'
  | 'address_taken'
  | 'address_malformed'
  | 'user_too_large'
  | 'group_name_missing'
  | 'group_name_taken'
  | 'members_unknown'
  | 'too_many_members'

/** A no to a directory; `detail` is what the words need. */
export class ScimRefusal extends Error {
  readonly code: ScimRefusalCode
  readonly detail: string

  constructor(code: ScimRefusalCode, detail = '') {
    super(code)
    this.name = 'ScimRefusal'
    this.code = code
    this.detail = detail
  }
}
