// What a member's Slack profile says of the person, in the product's words. Pure.

import { cleanLine } from '../clean-text.ts'
import { languageOfTag } from '../languages/index.ts'
import { Refusal } from '../refusal.ts'
import { type EmailAddress, readEmailAddress } from './email-address.ts'
import { readMobile } from './mobile.ts'
import type { Said } from './sources.ts'
import { readStartDate } from './start-date.ts'

/** What Slack says of a member. A field that is absent was not said. */
export type SlackProfile = {
  slackUserId: string
  /** The workspaces that the user is a member of, by Slack's ids; none where Slack does not say. */
  teamIds: readonly string[]
  name: string
  email: string | null
  isWorkspaceAdmin: boolean
  isWorkspaceGuest: boolean
  isActive: boolean
  firstName?: string | undefined
  lastName?: string | undefined
  /** As it was written. */
  phone?: string | undefined
  /** YYYY-MM-DD, or nothing. */
  startDate?: string | undefined
  /** "en-US". */
  locale?: string | undefined
  /** When Slack's record of them last changed. */
  changedAt?: Date | undefined
}

/**
 * Whether Slack's user is a member of this workspace. Those of other workspaces are seen here too (Slack Connect), in
 * requests, events, pickers and lists; they are nobody.
 */
export function isOfWorkspace({ teamIds }: Pick<SlackProfile, 'teamIds'>, slackTeamId: string): boolean {
  return teamIds.includes(slackTeamId)
}

/** What one field of a form takes too. */
const NAME_LENGTH = 80

/**
 * What a member's profile says beside their rights. `address`: theirs, where it is free. What cannot be read (a telephone
 * number without its country) is not said.
 */
export function factsOf(
  profile: SlackProfile,
  {
    address,
    guestsAreContractors,
    smsCountries,
  }: { address: EmailAddress | undefined; guestsAreContractors: boolean; smsCountries: readonly string[] },
): Said {
  const { firstName, lastName, phone, startDate, locale } = profile
  const mobile = phone === undefined ? undefined : mobileIn(phone, smsCountries)
  const day = startDate === undefined ? undefined : dayIn(startDate)
  const language = locale === undefined ? undefined : languageOfTag(locale)
  return {
    ...(address ? { email: address.written, emailKey: address.key } : {}),
    ...(firstName === undefined ? {} : { firstName: nameIn(firstName) }),
    ...(lastName === undefined ? {} : { lastName: nameIn(lastName) }),
    ...(mobile === undefined ? {} : { mobile }),
    ...(day === undefined ? {} : { startDate: day }),
    ...(language === undefined ? {} : { language }),
    employeeType: guestsAreContractors && profile.isWorkspaceGuest ? 'contractor' : null,
    active: profile.isActive,
  }
}

/** The address of a profile, where there is one that can be written to. */
export function addressOf({ email }: SlackProfile): EmailAddress | undefined {
  return email === null ? undefined : readEmailAddress(email)
}

function nameIn(text: string): string {
  return cleanLine(text).slice(0, NAME_LENGTH).toWellFormed()
}

function mobileIn(text: string, countries: readonly string[]): string | null | undefined {
  if (text.trim() === '') return null
  try {
    return readMobile(text, countries)
  } catch (error) {
    if (error instanceof Refusal) return undefined
    throw error
  }
}

function dayIn(text: string): string | null | undefined {
  if (text.trim() === '') return null
  const read = readStartDate(text)
  return 'date' in read ? read.date : undefined
}
