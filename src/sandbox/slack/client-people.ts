// People and user groups of the workspace, as the browser page is told of them.

export interface ClientUser {
  id: string
  /** the handle, without @ */
  name: string
  real_name: string
  email?: string
  title?: string
  tz: string
  is_bot: boolean
  is_admin: boolean
  is_owner: boolean
  is_primary_owner: boolean
  /** guests: is_restricted (multi-channel) or is_ultra_restricted (single-channel) */
  is_restricted: boolean
  is_ultra_restricted: boolean
  deleted: boolean
  /** as it was written in the profile */
  phone?: string
  /** YYYY-MM-DD */
  start_date?: string
  /** en-US */
  locale?: string
  /** of another workspace, where it is not this one (Slack Connect) */
  team_id?: string
  /** of another workspace, and in no conversation that is shared with this one */
  is_stranger?: boolean
  /** of an Enterprise Grid: every workspace of it that they are a member of */
  grid_team_ids?: string[]
  /** seconds */
  updated?: number
}

export interface ClientUserGroup {
  id: string
  /** without @ */
  handle: string
  name: string
  users: string[]
  /** seconds */
  date_update?: number
  /** seconds; 0 while it is not turned off */
  date_delete?: number
}
