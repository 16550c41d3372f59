// Does Twilio let us in?
import type { MailVerdict } from './check-mail.ts'
import { bad, type Finding, good, note, whyUnreachable, withinLimit } from './finding.ts'

/** Asks Twilio for our account and sends nothing. `verify` gives undefined where SMS is not set up. `limit` in ms. */
export async function checkSms(verify: () => Promise<MailVerdict> | undefined, limit: number): Promise<Finding> {
  const about = 'SMS'
  const asked = verify()
  if (!asked)
    return note(about, 'not set up: nothing is sent by SMS. TWILIO_ACCOUNT_SID and the two beside it turn it on.')
  try {
    const verdict = await withinLimit(limit, () => asked)
    if (!verdict.ok) return bad(about, verdict.problem)
    return good(about, 'Twilio lets Usher in. Which countries are sent to is chosen in Slack, in the settings.')
  } catch (error) {
    return bad(about, `Twilio cannot be reached: ${whyUnreachable(error)}. May this machine call api.twilio.com?`)
  }
}
