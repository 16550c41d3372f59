// Does the mail server let us in?
import { bad, type Finding, good, whyUnreachable } from './finding.ts'

export type MailVerdict = { ok: true } | { ok: false; problem: string }

/** Signs in to the mail server and sends nothing. `verify` is the delivery's own; it may also run into a time limit. */
export async function checkMail(verify: () => Promise<MailVerdict>): Promise<Finding> {
  const about = 'Mail server'
  try {
    const verdict = await verify()
    if (verdict.ok) return good(about, 'reachable, and lets Usher in')
    return bad(about, `${verdict.problem} ${hintFor(verdict.problem)}`.trim())
  } catch (error) {
    return bad(about, `it cannot be used: ${whyUnreachable(error)}. Is SMTP_URL right, and may this machine call it?`)
  }
}

function hintFor(problem: string): string {
  if (/sign.?in/i.test(problem)) return 'Signs such as @ and / in its user name or password are written %40 and %2F.'
  return problem.includes('SMTP_URL') ? '' : 'Is SMTP_URL right, and may this machine call it?'
}
