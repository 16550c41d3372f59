// What fails at an account's doors is in the audit log too, beside the answer.
import type { Sightings } from '../audit/index.ts'
import { Refusal, type RefusalCode, Refusals } from '../refusal.ts'
import type { FactorKind, Holder } from './factors/factor.ts'
import type { ByHolder } from './sessions/sessions.ts'

/** Notes without being waited for. */
export type Noter = { sightings: Pick<Sightings, 'signInFailed' | 'codeWrong'> }

/** `new`: of a factor that is being set up. */
type CodeKind = FactorKind | 'recovery' | 'new'

/** Does what takes a code; a wrong one is noted, and what is thrown goes on. `origin`: "web 203.0.113.7". */
export function noteWrongCode<T>(
  { sightings }: Noter,
  { holder, origin, kind }: { holder: Holder; origin: string; kind: CodeKind },
  work: () => Promise<T>,
): Promise<T> {
  const { organisationId, personId } = holder
  return noting(work, (code) =>
    sightings.codeWrong({ holder: { organisationId, personId }, from: addressIn(origin), kind, code }),
  )
}

/** Does what the password is asked for once more; a wrong one is noted, and what is thrown goes on. */
export function noteWrongPassword<T>(
  { sightings }: Noter,
  { session, origin }: ByHolder,
  work: () => Promise<T>,
): Promise<T> {
  const { organisationId, personId } = session
  return noting(work, (code) => {
    if (code !== 'password_wrong' && code !== 'sign_in_wait') return
    const who = { organisationId, personId, isSignedIn: true as const }
    const because = code === 'sign_in_wait' ? 'too_many' : 'wrong'
    sightings.signInFailed({ who, from: addressIn(origin), how: 'confirming', because })
  })
}

/** Lets somebody in by Slack; whoever Slack knows and Usher does not is noted by their address. */
export function noteWrongSlack<T>(
  { sightings }: Noter,
  { nameKey, from }: { nameKey: string; from: string },
  work: () => Promise<T>,
): Promise<T> {
  return noting(work, (code) => {
    if (code === 'sign_in_wrong') sightings.signInFailed({ who: { nameKey }, from, how: 'slack', because: 'wrong' })
  })
}

async function noting<T>(work: () => Promise<T>, note: (code: RefusalCode) => void): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const refusals = error instanceof Refusals ? error.refusals : error instanceof Refusal ? [error] : []
    for (const { code } of refusals) note(code)
    throw error
  }
}

function addressIn(origin: string): string {
  return origin.replace(/^web /, '')
}
