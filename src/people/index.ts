// People: how they are known, reached and told apart; how lists of them are read and written.
export {
  type Categorised,
  categorise,
  countCategorisable,
  countUncategorised,
  UNCATEGORISED_COUNTED,
} from './categorise.ts'
export { freeUserName, freeUserNames, giveUserName, unrevealingName } from './claim-user-name.ts'
export { csvFile, csvLine } from './csv-text.ts'
export {
  type DirectoryAnswer,
  type DirectoryQuestion,
  DirectoryUnread,
  type SlackGroup,
} from './directory-answers.ts'
export {
  findUnknownMembers,
  type GroupToRead,
  loadGroupToRead,
  type SlackGroupChange,
  takeGroup,
  takeGroupChange,
  takeGroupRead,
  weighChange,
} from './directory-groups.ts'
export { beginPass, isPassDue, loadPassStep, notePassTrouble, type PassStep, takePassStep } from './directory-pass.ts'
export { type DirectoryState, readDirectoryState } from './directory-state.ts'
export { type EmailAddress, readEmailAddress } from './email-address.ts'
export { ensureMember, learnOfMember, settleGuests } from './ensure-member.ts'
export { exportPeople } from './export-people.ts'
export { type FoundPerson, findPerson } from './find-person.ts'
export {
  changeGroupMembers,
  type GivenGroup,
  type GroupWriter,
  groupName,
  type KnownGroup,
  keepOnlyGroups,
  listGroups,
  lockGroup,
  type MembersChange,
  setGroupMembers,
  type WrittenGroup,
  writeGroup,
} from './groups.ts'
export { type LearningOfMany, type Learnt, learnPeople, lockPeople, type Spoken } from './learn-people.ts'
export { type Learning, learnPerson } from './learn-person.ts'
export {
  listPeople,
  type Obstacle,
  PEOPLE_COUNTED,
  type PeoplePage,
  type PeoplePlace,
  type PeopleTotal,
  type PersonLine,
  type PersonPlace,
} from './list-people.ts'
export { type ActOnPeople, looksAfterPeople, type WhichPeople } from './looked-after.ts'
export { bringBack, countMarkable, markLeft } from './mark-left.ts'
export { isOfWorkspace, type SlackProfile } from './member-facts.ts'
export { COUNTRIES, countryOfMobile, readMobile } from './mobile.ts'
export { isWithinReachSql, type PeopleViewer } from './narrowing.ts'
export { PEOPLE_FILE_BYTES, PEOPLE_FILE_ROWS, type PeopleChunk, readPeopleFile } from './people-file.ts'
export { type PersonCard, readPersonCard } from './person-card.ts'
export type { PersonRow, ReadRow, RowProblem, RowProblemCode } from './person-row.ts'
export { rowsOfRecipients } from './recipient-rows.ts'
export { describeCount, type Recipient, type RecipientList, readRecipients } from './recipients.ts'
export { rankSql, rightsOver, visibleTo, withinRights } from './rights.ts'
export { countInvitable, type InvitablePeople, rowsOfPeople } from './rows-of-people.ts'
export {
  createScimDirectory,
  ENTERPRISE,
  endScimToken,
  type MemberChange,
  makeScimToken,
  type NewScimGroup,
  readScimToken,
  type ScimCaller,
  type ScimDirectory,
  type ScimGroup,
  type ScimGroupChange,
  type ScimGroupSearch,
  type ScimMember,
  type ScimPage,
  ScimRefusal,
  type ScimRefusalCode,
  type ScimResource,
  type ScimTokenState,
  type ScimUser,
  type ScimUserSearch,
  USHER,
} from './scim/index.ts'
export {
  beginSelection,
  changeSelection,
  chooseAll,
  chosenIds,
  clearSelection,
  type OwnedSelection,
  readSelection,
  recordSelectionUse,
  SELECTION_MOST,
  type SelectionAct,
  type SelectionOwner,
} from './selection.ts'
export { settleSearch } from './settle-search.ts'
export {
  type FactField,
  type Facts,
  type FieldSources,
  isActiveBy,
  isFixedFor,
  type Said,
  type SignUp,
  SOURCES,
  type Source,
  settleFacts,
  settleSignUp,
  whoSaysActive,
} from './sources.ts'
export {
  EVERYBODY,
  INVITED_STATE_NAMES,
  INVITED_STATES,
  type InvitedState,
  type PeopleFilter,
  readPeopleFilter,
  SPECIAL_LIST_NAMES,
  SPECIAL_LISTS,
  type SpecialList,
  standingName,
  USER_STATE_NAMES,
  USER_STATES,
  type UserState,
} from './standing.ts'
export { claimText, mayText, type TextObstacle } from './text-allowance.ts'
export { type UnreadableCode, UnreadableList, type UnreadableReason } from './unreadable-list.ts'
export { readUserName, USER_NAME_LENGTH, userNameFrom } from './user-name.ts'
