// What an invited person is called in Slack. Pure.
import type { InvitationSummary } from '../invitations/index.ts'

/** The address; with the name in front where there is none and the name is known: "Igor Petrov · +79051111111". */
export function invitedName({ email, personName }: Pick<InvitationSummary, 'email' | 'personName'>): string {
  return personName ? `${personName} · ${email}` : email
}
