// An invitation's story in sentences, one for each audit event. Pure.
import type { Act, ToldEvent } from '../audit/index.ts'
import { sentenceOf } from './act-sentences.ts'
import { escapeText, moment } from './blocks.ts'

/** Shorter than in the audit log, because it is plain whose invitation it is. */
const IN_A_STORY: Partial<Record<Act, (who: string, problem: string, event: ToldEvent) => string>> = {
  'invitation.asked': (who) => `${who} asked for the invitation.`,
  'invitation.added_to_hub': (who) => `${who} added them to the hub; they have an account already.`,
  'invitation.carried': () =>
    'It was told in the message of another invitation of the same minutes: one link joins both.',
  'invitation.slip_made': (who) => `${who} made a new activation slip; the older one is dead.`,
  'invitation.delivered': () => 'The text message arrived on the phone.',
  'invitation.maybe_sent': (_who, problem) => `The message may have been sent.${problem}`,
  'invitation.failed': (_who, problem) => `The message could not be delivered.${problem}`,
  'invitation.delayed': (_who, problem) => `The message has not arrived yet.${problem}`,
  'invitation.reminder_failed': (_who, problem) => `The reminder could not be delivered.${problem}`,
  'invitation.let_go': (who) => `${who} let it go: the weekly message does not name it any more.`,
  'invitation.resent': (who) => `${who} sent it again, with a new link.`,
  'invitation.revoked': (who) => `${who} revoked it.`,
  'invitation.expired': () => 'It expired without an answer.',
  'invitation.asked_again': () => 'Somebody with an older link asked for a new one.',
  'invitation.accepted': (who) => `${who} joined.`,
  'invitation.settled': (_who, _problem, { after }) => `It counts as accepted: ${String(after.because)}.`,
}

/** What would tell of the person, or of other invitations, is told as it would be of anybody. */
const OF_ANYBODY: typeof IN_A_STORY = {
  'invitation.added_to_hub': IN_A_STORY['invitation.asked'],
  'invitation.carried': (_who, _problem, event) => sentenceOf({ ...event, act: 'invitation.sent' }),
  'invitation.accepted': () => 'Accepted.',
  'invitation.settled': () => 'Accepted.',
}

/** One line: when, what, by whom. `seesPerson`: whether the reader may see the invited person too. */
export function sentenceFor(event: ToldEvent, { seesPerson }: { seesPerson: boolean }): string {
  const short = (seesPerson ? undefined : OF_ANYBODY[event.act]) ?? IN_A_STORY[event.act]
  const problem = typeof event.after.problem === 'string' ? ` ${event.after.problem}` : ''
  return `${moment(event.at)} · ${escapeText(short ? short(event.actorName, problem, event) : sentenceOf(event))}`
}
