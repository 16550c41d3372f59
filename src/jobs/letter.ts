// Letters about somebody's own account: read when they are sent, tried again for a day (a code or a link only as long as
// it counts), and never offered again once they were handed over. Whose name it is that a new password was asked for with
// is found out here too, after the answer.
import type { AccountLetter, LetterOutcome } from '../accounts/index.ts'
import type { Log } from '../collaborators.ts'
import type { Deliverer, Outcome } from '../delivery/index.ts'
import type { TextObstacle } from '../people/index.ts'
import type { JobResult } from './deliver.ts'
import type { Patience } from './patience.ts'
import { AFTER_UNCERTAIN, PATIENCE, pauseAfter } from './pauses.ts'
import type { LetterOrder, PutOff, Queue } from './queue.ts'
import { createUnwritten } from './unwritten.ts'

export type LetterJob = { id: string; data: LetterOrder }

/** The core's side, with its collaborators bound. */
export type LetterSteps = {
  loadLetter: (letterId: string) => Promise<AccountLetter | 'expired' | undefined>
  /** Finds whose name it is, and asks for the letters. */
  settleForgotten: (forgottenId: string) => Promise<void>
  recordLetter: (letterId: string, outcome: LetterOutcome) => Promise<void>
  /** Counts a text message that is about to be sent; gives what stands in its way instead. */
  claimText: (text: { organisationId: string; mobile: string }) => Promise<TextObstacle | undefined>
}

const UNWRITTEN_PAUSE = 60_000
const TEXT_REFUSED: Record<TextObstacle, Outcome> = {
  off: { kind: 'permanent', problem: 'The organisation confirms only by e-mail: nothing is sent by SMS.' },
  country: { kind: 'permanent', problem: 'Text messages to the country of this number are not allowed.' },
  limit: { kind: 'temporary', problem: 'All text messages of this day are sent.', serverWide: false },
}

/** Works through a batch, all of it at once: a code is waited for. */
export function createLetterWork(c: {
  steps: LetterSteps
  deliverer: Pick<Deliverer, 'sendLetter'>
  putOff: Queue['putOff']
  patience: Patience
  now: () => Date
  random: () => number
  log: Log
}): (jobs: LetterJob[]) => Promise<JobResult[]> {
  const { steps, now } = c
  const unwritten = createUnwritten(c.log)

  /** Gives when the letter is to be offered again; undefined when it is settled. */
  async function send(letterId: string): Promise<Date | undefined> {
    const wasOffered = unwritten.has(letterId)
    if (!(await unwritten.catchUp())) return inMs(UNWRITTEN_PAUSE)
    if (wasOffered) return undefined
    const letter = await steps.loadLetter(letterId)
    if (letter === undefined) return undefined
    if (letter === 'expired') {
      await steps.recordLetter(letterId, {
        kind: 'failed',
        problem: 'It did not count any more when it could be sent.',
      })
      return undefined
    }
    const { outcome, again } = weigh(letter, await hand(letter))
    const write = () => c.patience.patiently(() => steps.recordLetter(letterId, outcome))
    try {
      await write()
    } catch (error) {
      unwritten.add(letterId, write)
      throw error
    }
    return again
  }

  async function hand(letter: AccountLetter): Promise<Outcome> {
    const { channel, organisationId, to: mobile } = letter
    const obstacle = channel === 'sms' ? await steps.claimText({ organisationId, mobile }) : undefined
    return obstacle ? TEXT_REFUSED[obstacle] : c.deliverer.sendLetter(letter)
  }

  function weigh(letter: AccountLetter, sent: Outcome): { outcome: LetterOutcome; again?: Date } {
    if (sent.kind === 'handed') return { outcome: { kind: 'sent' } }
    const { problem } = sent
    if (sent.kind === 'permanent') return { outcome: { kind: 'failed', problem } }
    const isUncertain = sent.kind === 'uncertain'
    if (isUncertain && letter.maybeSentAt !== null) return { outcome: { kind: 'sent', problem } }
    const again = inMs(isUncertain ? AFTER_UNCERTAIN : pauseAfter(letter.attempts, c.random))
    if (again.getTime() > letter.createdAt.getTime() + PATIENCE) return { outcome: { kind: 'failed', problem } }
    return { outcome: { kind: 'again', maybeSent: isUncertain }, again }
  }

  function inMs(milliseconds: number): Date {
    return new Date(now().getTime() + milliseconds)
  }

  return async (jobs) => {
    const putOff: PutOff<LetterOrder>[] = []
    const results = await Promise.all(
      jobs.map(async ({ id, data }): Promise<JobResult> => {
        try {
          const again = 'letterId' in data ? await send(data.letterId) : await steps.settleForgotten(data.forgottenId)
          if (again) putOff.push({ jobId: id, order: data, at: again })
          return { id, status: 'completed' }
        } catch (error) {
          c.log.warn({ err: error, ...data }, 'A letter could not be sent yet')
          return { id, status: 'failed', output: { reason: 'not sent; see the log' } }
        }
      }),
    )
    await c.putOff('letter', putOff)
    return results
  }
}
