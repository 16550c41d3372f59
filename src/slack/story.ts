// An invitation's story in sentences, one for each audit event. Pure.
import type { ToldEvent } from '../audit/index.ts'
import { escapeText, moment } from './blocks.ts'

/** One line: when, what, by whom. */
export function sentenceFor(event: ToldEvent): string {
  return `${moment(event.at)} · ${what(event)}`
}

function what({ act, actorName, after }: ToldEvent): string {
  const who = escapeText(actorName)
  const problem = typeof after.problem === 'string' ? ` ${escapeText(after.problem)}` : ''
  switch (act) {
    case 'invitation.asked':
      return `${who} asked for the invitation.`
    case 'invitation.added_to_hub':
      return `${who} added them to the hub; they have an account already.`
    case 'invitation.sent':
      return 'The message was handed to the mail server.'
    case 'invitation.maybe_sent':
      return `The message may have been sent.${problem}`
    case 'invitation.failed':
      return `The message could not be delivered.${problem}`
    case 'invitation.resent':
      return `${who} sent it again, with a new link.`
    case 'invitation.revoked':
      return `${who} revoked it.`
    case 'invitation.asked_again':
      return 'Somebody with an older link asked for a new one.'
    case 'invitation.expired':
      return 'It expired without an answer.'
    case 'invitation.accepted':
      return `${who} joined.`
    default:
      return escapeText(act)
  }
}
