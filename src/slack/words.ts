// What a member is told when the answer is no: one table, a sentence a refusal, saying what to do.
import { Refusal, type RefusalCode, Refusals } from '../refusal.ts'

type Words = (detail: Refusal['detail']) => string

const WORDS: Record<RefusalCode, Words> = {
  address_malformed: () => 'This is not an e-mail address. It should look like ana@example.org.',
  user_name_malformed: ({ least, most }) =>
    `A user name has ${least} to ${most} small letters and digits, with single dots or dashes between them, like ana.diaz.`,
  other_contact: () =>
    'We have another phone number for this person. Leave this blank to use it; an import or the directory changes it.',
  user_name_taken: ({ name }) =>
    `Somebody has the user name “${name}” already. Choose another, or leave the field empty.`,
  text_country: ({ country }) =>
    `Text messages to ${country || 'the country of this number'} are not allowed here (settings, Text messages). Leave the number empty: then you get a slip to hand over.`,
  not_a_slip: () => 'This invitation is not given by a slip. Send it again instead.',
  is_a_slip: () => 'This person has neither e-mail nor mobile: make a new slip instead, and hand it over.',
  could_not_be_invited: ({ why }) => WHY_NOT[why ?? ''] ?? 'This address could not be invited.',
  user_type_missing: () => 'Choose what the person will be in the hub.',
  role_missing: () => 'Choose what the person will be in the organisation.',
  hub_unknown: () => 'Choose a hub. If you chose one, it was archived meanwhile: choose another.',
  department_unknown: () => 'This department was archived meanwhile. Choose another, or none.',
  location_unknown: () => 'This location was archived meanwhile. Choose another, or none.',
  note_too_long: ({ length, most }) => `The note has ${length} characters; at most ${most} fit. Shorten it.`,
  may_not_invite: () =>
    'You cannot invite people yet. Ask an admin of this Slack workspace, or a Hub Admin, to invite them for you.',
  may_not_give: () =>
    'You may not give this combination of hub, user type, role and department. Choose another, or ask an admin.',
  may_not_change_settings: () => 'Only Corporate Admins can do this. Ask an owner or admin of this Slack workspace.',
  invitation_unknown: () => 'There is no such invitation among those you can see.',
  invitation_changed: () =>
    'Nothing was changed: this invitation was answered, revoked or sent again meanwhile. Open it again to see where it stands.',
  settings_changed: () =>
    'Somebody else saved the settings while you had them open. Close this window, open them again, and make your change once more.',
  setting_out_of_range: ({ least, most, of }) =>
    Number(least) === 0 ? `At most ${most} ${of} fit.` : `This has to be ${least} to ${most} ${of}.`,
  slack_sign_in_not_set_up: () =>
    'Usher does not have what it needs for this: whoever runs it sets SLACK_CLIENT_ID and SLACK_CLIENT_SECRET first (README, Sign in with Slack).',
  choice_unknown: () => 'This cannot be chosen (any more). Choose another.',
  last_corporate_admin: () =>
    'Nobody would be a Corporate Admin any more. Give the role to somebody of this Slack workspace first.',
  unit_unknown: () => 'This is not there any more. Close this window and open the list again.',
  unit_in_use: ({ kind, what }) => `This ${kind} cannot be archived: it has ${what}.`,
  default_hub: () => 'This is the default hub: there has to be one, so it cannot be archived.',
  hub_archived: () => 'The hub of this invitation was archived: nobody can be invited into it any more.',
  person_unknown: () =>
    'Nobody with this address is known here. Invite them first, or choose a member of this workspace.',
  person_not_seen: () => 'This person is not among those whom you can see.',
  person_twice: () => 'Choose a member or give an address, not both: empty one of the two.',
  person_changed: () =>
    'Somebody else changed this person’s role while you had it open. Close this window and choose the person again.',
  role_own: () => 'Nobody changes their own role. Ask another Corporate Admin.',
  role_for_guest: () => 'A guest of this Slack workspace can ask for invitations and no more: no role can be given.',
  department_missing: () => 'Quality and HR Admins look after one department. Choose it.',
  person_inactive: () => 'This person is no longer active. Ask an admin to make them active again first.',
  name_taken: ({ name }) => `There is one with the name “${name}” already (it may be archived). Choose another name.`,
  name_missing: () => 'Give it a name.',
  first_name_missing: () => 'Give the first name.',
  last_name_missing: () => 'Give the last name.',
  name_too_long: ({ most }) => `The name is too long: at most ${most} characters fit.`,
  mobile_malformed: ({ shortened }) =>
    shortened
      ? 'A spreadsheet shortened this phone number. Enter all its digits, with the country code.'
      : 'This is not a mobile number. It should look like +7 905 111-11-11.',
  mobile_without_country: () => 'Enter a phone number with its country code, like +1 555 123 4567.',
  password_too_short: () => 'A password has at least 12 characters.',
  password_too_long: () => 'A password has at most 128 characters.',
  password_common: () => 'This password is among the first that attackers try. Choose another.',
  password_personal: () => 'This password is made of names that others know. Choose another.',
  terms_not_agreed: () => 'The terms have to be agreed to.',
  code_malformed: () => 'A code has six digits.',
  code_wrong: () => 'This code is wrong.',
  code_old: () => 'This code is too old. Take the one of the newest message.',
  code_used: () => 'This code was used already. Wait for a new one.',
  code_elsewhere: () => 'This code was sent for another page. Take the one that was asked for here.',
  code_clock: () => 'This code is of the past: the clock of the authenticator is behind.',
  code_none: () => 'No code was sent yet. Ask for one.',
  code_wait: ({ seconds }) => `There were too many wrong codes. Try again in ${seconds} seconds.`,
  code_limit: ({ seconds }) => `A code was sent a moment ago. Another one can be sent in ${seconds} seconds.`,
  factor_missing: () => 'Choose a second factor.',
  factor_unknown: () => 'There is no second factor to do this with.',
  factor_impossible: () => 'This second factor cannot be used here. Choose another.',
  factor_last: () => 'Your organisation demands a second factor. Add another one before you remove this.',
  factors_own: () =>
    'You cannot reset your own second factors. Sign in with a recovery code and add a new one, or ask another admin.',
  may_not_reset: () =>
    'You may not reset the second factors of this account. Ask a Corporate Admin, or the HR Admin of the department.',
  recovery_code_wrong: () => 'This recovery code is wrong.',
  recovery_code_used: () => 'This recovery code was used already. Each works once.',
  passage_over: () => 'This took longer than an hour. Begin again.',
  codes_not_kept: () => 'Keep the recovery codes, and say that you have.',
  link_dead: () => 'This link does not work any more.',
  list_unknown: () => 'This list is not there any more. Open the form again and give it once more.',
  list_empty: () => 'There is nobody on this list who can be invited. Paste addresses, or give a CSV file.',
  list_twice: () => 'Give addresses or a file, not both: empty this field, or take the file away.',
  list_changed: () => 'This list was sent already, or taken back. Nothing was done a second time.',
  list_sent_today: ({ at, by, waits }) =>
    waits
      ? `The same list was asked for ${at} by ${by}, and waits for a decision. Nothing was sent a second time.`
      : `The same list was sent ${at} by ${by}. Nobody is invited twice: nothing was sent. Change the list to send another.`,
  list_past_daily_limit: ({ left, most, request, resend }) =>
    resend
      ? `You've sent to ${Number(most).toLocaleString('en')} people in the last 24 hours, the most one person can send in bulk. Send these again tomorrow.`
      : request
        ? `Whoever asked can have ${most} people a day invited by lists; ${left} are left for them today. Leave people out, or decide tomorrow.`
        : `One person can invite ${most} people a day by lists; ${left} are left for you today. Shorten the list, or send the rest tomorrow.`,
  list_not_undoable: () =>
    'It is too late to undo this list: the first messages have left. Revoke single invitations instead.',
  request_unknown: () => 'This request is not there any more.',
  request_decided: ({ by, what }) =>
    what === 'lapsed'
      ? 'Nobody decided on this request in time, so it has lapsed. Nothing was changed.'
      : what === 'closed'
        ? 'This request was closed, because whoever asked for it, or the person it was for, has left. Nothing was changed.'
        : `${by} has ${what} this request already. Nothing was changed.`,
  request_own: () => 'Nobody decides on their own request. Somebody else has to.',
  may_not_decide: () =>
    'You may not decide on this request. Those who may are the Corporate Admins, the Hub Admins of its hub, and the Quality and HR Admins of its department.',
  decision_missing: () => 'Choose whether to approve or to reject.',
  reason_missing: () => 'Say why, in a few words: whoever asked reads it.',
  hourly_limit: ({ most, time }) =>
    `You have sent ${most} invitations within an hour, and that is the limit. It works again at ${time}.`,
  request_limit: ({ most, time }) =>
    `You have asked ${most} times within an hour, and that is the limit. It works again at ${time}.`,
  nobody_left: () => 'You have left everybody out. Leave fewer people out, or reject the request.',
  address_limit: ({ most }) =>
    `This address was sent ${most} messages within a day, and that is the limit. Try again tomorrow.`,
  too_many_booked: ({ most }) => `You have ${most} invitations booked, and more do not fit. Wait until some were sent.`,
  booking_unknown: () => 'This invitation is not booked any more: it was sent, or taken back.',
  auto_unknown: () => 'This window was open for too long. Close it, type the command again, and fill it in once more.',
  auto_changed: () =>
    'Nothing was changed: somebody else changed the automatic invitations while you had them open. Close this window and open them again.',
  auto_answered: () =>
    'Nothing was done: somebody answered this already, or the automatic invitations were changed or switched off meanwhile.',
  group_missing: () => 'Choose at least one group. A group that was deleted where it came from cannot be chosen.',
  too_many_groups: ({ most }) => `At most ${most} groups fit. Choose fewer.`,
  consent_missing: () =>
    'The automatic invitations cannot be switched on before you have agreed. Go back and tick that.',
  nobody_found: ({ command }) =>
    `Among the people you can see nobody has this name or address. Try their e-mail address, or look for them by ${command ?? '/invites'} people.`,
  several_found: ({ names }) => `Several people are called that: ${names}. Say which by the e-mail address.`,
  link_unknown: () => 'There is no such registration link among those that you may look after.',
  link_not_set_up: () => 'This link is not set up yet. Set it up first: it needs the role that people get.',
  link_is_over: () =>
    'This link has ended, or all its uses are used up. Set it up with a later end or more uses, then turn it on.',
  link_changed: () => 'Nothing was changed: this link was renewed meanwhile. Open it again to see its new address.',
  link_used_more: ({ used }) => `This link was used ${used} times already. Choose at least as many, or leave it empty.`,
  news_unknown: () =>
    'These news are too old to be acted on. Type /invites status expired for what is still to be done.',
  end_is_past: () => 'Choose a day from today on, or none.',
  domain_malformed: ({ domain }) => `“${domain}” is not a domain. It should look like example.org.`,
  too_many_domains: ({ most }) => `At most ${most} domains fit.`,
  nobody_chosen: () => 'Choose at least one.',
  too_many_chosen: ({ most }) =>
    `At most ${Number(most).toLocaleString('en')} people can be chosen at once. Narrow the list by a filter or a search, and do it in parts.`,
  selection_unknown: () => 'This list was open for too long. Close it, open it again, and choose once more.',
  account_unknown: () => 'There is no such account among those you can see.',
  account_own: () => 'You cannot pause your own account. Ask another admin.',
  account_changed: () => 'Nothing was changed: somebody else paused or reopened this account meanwhile.',
  may_not_pause: () =>
    'You may not pause or reopen this account. Ask a Corporate Admin, or the HR Admin of the department.',
  account_left: ({ name }) =>
    `${name} has left, so this account stays closed. When they are back, invite them again: they open it anew by that invitation.`,
  account_invited_anew: ({ name }) =>
    `${name} was invited again and opens this account anew by that invitation. Revoke the invitation first if the account is to be reopened as it was.`,
  may_not_mark_left: () =>
    'You may not say that this person has left, or is back. Ask a Corporate Admin, or the HR Admin of the department.',
  left_own: () => 'You cannot say of yourself that you have left. Ask another admin.',
  left_already: ({ name }) => `${name} has left already. Nothing was changed.`,
  not_left: ({ name }) => `${name} has not left. Nothing was changed.`,
  left_by_source: ({ name, source }) =>
    `${source === 'slack' ? 'Slack' : 'Your directory (SCIM)'} says that ${name} has left: reactivate them there.`,
  may_not_categorise: () =>
    'You may not say who is an Employee or a Contractor. Ask a Corporate Admin, or the HR Admin of the department.',
  may_not_import: () => 'Only Corporate Admins and HR Admins can bring people in from a file.',
  may_not_see_log: () => 'Only Corporate Admins can read the audit log. Ask an owner or admin of this Slack workspace.',
  person_not_known: () => 'Usher knows nobody with this address or name yet, so there is nothing about them.',
  days_missing: () => 'Choose the first day, the last day, or both.',
  days_reversed: () => 'The last day is before the first. Turn them round.',
  sign_in_wrong: () => 'The name or the password is wrong.',
  sign_in_wait: ({ seconds }) => `There were too many tries. Try again in ${seconds} seconds.`,
  sign_in_over: () => 'This sign-in took too long. Begin again.',
  session_ended: () => 'You were signed out. Sign in again.',
  mobile_needed: () => 'Without an e-mail address a mobile number has to stay.',
  password_wrong: () => 'This is not the password of the account.',
  too_busy: () => 'Too much is going on at this moment. Try again in a minute.',
}

/** What Corporate Admins are told where the settings say so; everybody else hears one sentence for all of these. */
const WHY_NOT: Record<string, string> = {
  is_in_hub: 'This address could not be invited: it has an account in this hub already.',
  has_open_invitation: 'This address could not be invited: an invitation of it to this hub is open already.',
  account_paused: 'This address could not be invited: its account is paused.',
  person_inactive: 'This address could not be invited: the person is not active.',
  // To whoever decides on a request: the same for every reason.
  meanwhile: 'This address could not be invited into this hub. Choose another hub, or reject the request.',
}

/** The sentence for one refusal. */
export function wordsFor(refusal: Refusal): string {
  return WORDS[refusal.code](refusal.detail)
}

/** Every refusal that an error stands for; empty when it is a fault and not a refusal. */
export function refusalsIn(error: unknown): Refusal[] {
  if (error instanceof Refusals) return error.refusals
  return error instanceof Refusal ? [error] : []
}

/** What a person sees of a fault; the cause is in the log beside the same number. */
export function faultWords(reference: string): string {
  return `Something went wrong on our side and nothing was changed. Try again in a moment; if it happens again, tell whoever runs Usher the number ${reference}.`
}
