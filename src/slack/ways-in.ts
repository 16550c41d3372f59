// How an invited person gets in, as the form for one invitation offers it (the choice, and the fields that go with each),
// and as one choice for a whole list.
import type { KnownBlock } from '@slack/types'
import type { InvitationForm } from '../invitations/index.ts'
import type { DeliveryMode } from '../organisation/index.ts'
import { Refusal, Refusals } from '../refusal.ts'
import { choiceField, emailField, textField } from './blocks.ts'

const WAYS = {
  link: 'By e-mail, with a link',
  credentials: 'By e-mail, with a one-time password',
  none: 'No e-mail address: SMS, or a slip to hand over',
  none_credentials: 'No e-mail address: a one-time password by SMS',
} as const
export type WayIn = keyof typeof WAYS

export const WAY_IN = 'way_in'
const NAME_LENGTH = 80
const USER_NAME_LENGTH = 40
const MOBILE_LENGTH = 40

/** What was chosen; the usual way where it is none of them. */
export function readWayIn(text: string | undefined): WayIn {
  return (Object.keys(WAYS) as WayIn[]).find((way) => way === text) ?? 'link'
}

/** Whom the invitation is for, by a way: what was typed before stays where its field stays. */
export function wayInFields(way: WayIn, { email }: { email: string }): KnownBlock[] {
  const choice: KnownBlock = {
    ...choiceField({
      id: WAY_IN,
      label: 'How they get in',
      choices: (Object.keys(WAYS) as WayIn[]).map((id) => ({ id, name: WAYS[id] })),
      chosen: { id: way, name: WAYS[way] },
      ask: 'Choose how',
    }),
    // The app hears of the choice at once, to show the fields that go with it.
    dispatch_action: true,
  }
  const address = emailField({ id: 'email', label: 'E-mail', value: email, focus: email === '' })
  if (way === 'link') return [address, choice]
  const userName = textField({
    id: 'userName',
    label: 'User name',
    hint: `What they sign in with, like ana.diaz. Left empty, it is made from the ${way === 'credentials' ? 'address' : 'name'}.`,
    optional: true,
    value: '',
    most: USER_NAME_LENGTH,
  })
  if (way === 'credentials') return [address, choice, userName]
  return [
    choice,
    textField({ id: 'firstName', label: 'First name', value: '', most: NAME_LENGTH, focus: true }),
    textField({ id: 'lastName', label: 'Last name', value: '', most: NAME_LENGTH }),
    userName,
    textField({
      id: 'mobile',
      label: 'Mobile number',
      hint: `With its country code, like +7 905 111-11-11. ${way === 'none' ? 'Without one you get a slip with a code, to print and hand over.' : 'The one-time password is sent to it.'}`,
      optional: way === 'none',
      value: '',
      most: MOBILE_LENGTH,
    }),
  ]
}

/** What the fields of a way hold. Throws Refusal `mobile_malformed` where the way needs a number and has none. */
export function readWayInFields(
  way: WayIn,
  values: Record<string, string | null>,
): Pick<InvitationForm, 'email' | 'withoutEmail' | 'firstName' | 'lastName' | 'mobile' | 'userName' | 'mode'> {
  const mode = way === 'credentials' || way === 'none_credentials' ? 'credentials' : 'link'
  const userName = values.userName ?? ''
  if (way === 'link' || way === 'credentials') return { email: values.email ?? '', userName, mode }
  const { firstName, lastName, mobile } = values
  // Without one it would become a slip, which nobody asked for.
  if (way === 'none_credentials' && !mobile?.trim()) {
    throw new Refusals([new Refusal('mobile_malformed', { field: 'mobile' })])
  }
  return {
    email: '',
    withoutEmail: true,
    firstName: firstName ?? '',
    lastName: lastName ?? '',
    mobile: mobile ?? '',
    userName,
    mode,
  }
}

const MODES: { id: DeliveryMode; name: string }[] = [
  { id: 'link', name: 'With a link' },
  { id: 'credentials', name: 'With a one-time password' },
]

/** How the people of a list get in: one choice for all of them. */
export function modeField(chosen: DeliveryMode = 'link'): KnownBlock {
  return choiceField({
    id: 'mode',
    label: 'How they get in',
    hint: 'Whoever has neither an e-mail address nor a mobile number gets a slip with a code, to print and hand over.',
    choices: MODES,
    chosen: MODES.find(({ id }) => id === chosen),
    ask: 'Choose how',
  })
}

/** What was chosen; a link where it is none of them. */
export function readMode(values: Record<string, string | null>): DeliveryMode {
  return MODES.find(({ id }) => id === values.mode)?.id ?? 'link'
}
