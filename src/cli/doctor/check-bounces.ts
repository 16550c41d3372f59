// Can the mailbox be read that bounces come into?

import type { MailVerdict } from './check-mail.ts'
import { bad, type Finding, good, note, whyUnreachable } from './finding.ts'

/** Signs in, opens the folder and reads nothing. `verify` may run into a time limit; undefined: there is no mailbox. */
export async function checkBounces(verify: (() => Promise<MailVerdict>) | undefined): Promise<Finding> {
  const about = 'Bounce mailbox'
  if (!verify) {
    return note(about, 'none. Without BOUNCE_IMAP_URL, messages that come back later are not noticed (README.md).')
  }
  const hint = 'Is BOUNCE_IMAP_URL right, and may this machine call it?'
  try {
    const verdict = await verify()
    return verdict.ok ? good(about, 'reachable, and can be read') : bad(about, `${verdict.problem} ${hint}`)
  } catch (error) {
    return bad(about, `it cannot be read: ${whyUnreachable(error)}. ${hint}`)
  }
}
