// Whoever has just said who they are, and is asked for a code that is sent: the first one goes out by itself.
import type { AccountDoor } from '../accounts/index.ts'
import { Refusal } from '../refusal.ts'

/**
 * Where codes are sent, the first one is on its way when its page is opened. Gives that page: it says so where a code
 * was sent a moment ago to another browser, and none can be yet.
 */
export async function sendFirstCode(
  accounts: Pick<AccountDoor, 'nextStep' | 'sendSignInCode'>,
  token: string,
): Promise<string> {
  const step = await accounts.nextStep(token)
  if (step.step !== 'factor' || step.factors.some(({ kind }) => kind === 'app')) return '/sign-in/next'
  const kind = step.factors.some((factor) => factor.kind === 'email') ? 'email' : 'sms'
  try {
    await accounts.sendSignInCode(token, kind)
    return '/sign-in/next'
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return `/sign-in/next?later=${Number(error.detail.seconds ?? 0)}`
  }
}
