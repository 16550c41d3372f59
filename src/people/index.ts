// People: how they are known, reached and told apart.
export { type EmailAddress, readEmailAddress } from './email-address.ts'
export { ensureMember, type SlackProfile } from './ensure-member.ts'
export { readMobile } from './mobile.ts'
