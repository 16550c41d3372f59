// The organisation: its settings, hubs, departments and locations, and who may do what in it.
export type { DeliveryChannel, DeliveryMode, InvitationStatus, Role, UserType } from '../database/index.ts'
export { addUnit, type UnitRequest } from './add-unit.ts'
export { archiveUnit, describeUse } from './archive-unit.ts'
export { changeRole, type RoleRequest, type Standing } from './change-role.ts'
export { changeSettings, type SettingsRequest } from './change-settings.ts'
export { findCorporateAdminsInSlack, findLastCorporateAdmin } from './corporate-admins.ts'
export { ensureOrganisation } from './ensure-organisation.ts'
export { findOrganisationOf } from './find-organisation-of.ts'
export { findUnits } from './find-units.ts'
export { findRoleHolder, listRoleHolders, type RoleHolder } from './list-roles.ts'
export { type KnownUnit, listAllUnits, readUnit } from './list-units.ts'
export { type Choices, loadChoices } from './load-choices.ts'
export { loadVisitor, type Visitor } from './load-visitor.ts'
export { ROLE_NAMES, STATUS_NAMES, USER_TYPE_NAMES } from './names.ts'
export {
  type Access,
  type Grant,
  grantsOf,
  isCorporateAdmin,
  isWithinReach,
  type Member,
  mayDecide,
  mayGive,
  type Rank,
  REQUESTABLE,
  type Reach,
  ROLES_TO_GIVE,
  rankOf,
  reachOf,
} from './permissions.ts'
export { renameUnit, type UnitChange } from './rename-unit.ts'
export { restoreUnit } from './restore-unit.ts'
export {
  APPENDIX_LENGTH,
  APPROVAL_HOURS,
  DISPLAY_NAME_LENGTH,
  HOURLY_LIMIT,
  INVITATION_DAYS,
  LIST_THRESHOLD,
  SESSION_DAYS,
  type SettingField,
  type Settings,
  type SettingsChange,
  type SettingsForm,
  SLIP_DAYS,
  SMS_DAILY_LIMIT,
  TERMS_LENGTH,
  TIME_ZONES,
  UNIT_NAME_LENGTH,
} from './settings.ts'
export {
  findMember,
  findMemberBySlackId,
  findOrganisation,
  type KnownMember,
  nameOf,
  type Organisation,
  type Unit,
  type UnitKind,
} from './store.ts'
export { createUsualLanguage } from './usual-language.ts'
