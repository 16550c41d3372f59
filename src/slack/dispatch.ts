// guarded(): every request of Slack is taken once, answered at once, and run; a refusal becomes words, a fault a number.
import { setTimeout as sleep } from 'node:timers/promises'
import type { ModalView } from '@slack/types'
import { SlackError, type WebClient } from '@slack/web-api'
import type { Sightings } from '../audit/index.ts'
import { newReference } from '../reference.ts'
import { escapeText, plain, section } from './blocks.ts'
import type { SlackTimes } from './client.ts'
import type { FeatureCollaborators, SubmissionResult } from './feature.ts'
import { ForeignMember, ForeignWorkspace } from './visitor.ts'
import { faultWords, refusalsIn, wordsFor } from './words.ts'

export type Door = FeatureCollaborators & Pick<Sightings, 'refused'> & { client: WebClient; times: SlackTimes }

/**
 * Runs what a person asked for and says what went wrong, if anything did: a refusal in its own words, a fault with a
 * reference number whose cause is in the log.
 */
export async function guarded(
  door: Pick<Door, 'log'>,
  what: string,
  { run, say }: { run: () => Promise<void>; say: (text: string) => Promise<unknown> },
): Promise<void> {
  try {
    await run()
  } catch (error) {
    try {
      await say(explain(door, what, error))
    } catch (cause) {
      door.log.warn({ what, err: cause }, 'A member could not be told what went wrong')
    }
  }
}

/** What a person is told of an error; a fault is logged here, under the number that the words hold. */
export function explain({ log }: Pick<Door, 'log'>, what: string, error: unknown): string {
  const refusals = refusalsIn(error)
  if (refusals.length > 0) return refusals.map(wordsFor).join('\n')
  if (error instanceof ForeignWorkspace) {
    return 'This installation serves another Slack workspace. Ask its admin, or install the app in yours.'
  }
  if (error instanceof ForeignMember) return 'Only members of this workspace can use this.'
  const reference = newReference()
  if (error instanceof SlackError) {
    log.warn({ what, reference, err: error }, 'Slack did not do what it was asked')
    return `Slack did not take our answer just now. Try again in a moment. (Number ${reference})`
  }
  log.error({ what, reference, err: error }, 'A request from Slack failed')
  return faultWords(reference)
}

export type FormAnswer =
  | undefined
  | { response_action: 'errors'; errors: Record<string, string> }
  | { response_action: 'update' | 'push'; view: ModalView }

/**
 * Answers a submitted form: refusals stand beside their fields and nothing typed is lost. Work that takes longer than
 * Slack waits goes on behind a notice, which then says how it ended. Gives back when everything is done.
 */
export async function answerForm(
  door: Door,
  form: { what: string; viewId: string; inputs: string[] },
  steps: { work: () => Promise<SubmissionResult>; acknowledge: (answer: FormAnswer) => Promise<unknown> },
): Promise<void> {
  const { what, viewId, inputs } = form
  const work = steps.work().then(
    (result) => ({ result }),
    (error: unknown) => ({ error }),
  )
  const clock = new AbortController()
  const first = await Promise.race([
    work,
    sleep(door.times.form, 'late' as const, { signal: clock.signal }).catch(() => 'late' as const),
  ])
  clock.abort()
  const answer = (outcome: { result: SubmissionResult } | { error: unknown }): FormAnswer => {
    if ('error' in outcome) return errorsFor(door, what, { error: outcome.error, inputs })
    return outcome.result.show ? { response_action: 'update', view: outcome.result.show } : undefined
  }
  if (first !== 'late') {
    await steps.acknowledge(answer(first))
    await finish(door, what, first)
    return
  }
  await steps.acknowledge({ response_action: 'update', view: notice('One moment', 'This takes a little longer …') })
  const outcome = await work
  const words = 'error' in outcome ? `${explain(door, what, outcome.error)}\nNothing was changed.` : 'Done.'
  await guarded(door, what, {
    run: async () => {
      const view = 'result' in outcome && outcome.result.show ? outcome.result.show : notice('Usher', words)
      await door.client.views.update({ view_id: viewId, view })
    },
    say: async () => {},
  })
  await finish(door, what, outcome)
}

async function finish(door: Door, what: string, outcome: { result: SubmissionResult } | { error: unknown }) {
  if ('error' in outcome) return
  await guarded(door, what, {
    run: async () => outcome.result.after?.(),
    say: async () => {},
  })
}

function errorsFor(
  door: Door,
  what: string,
  { error, inputs }: { error: unknown; inputs: string[] },
): NonNullable<FormAnswer> {
  const [firstInput] = inputs
  // A second step has nothing to write beside: the words go on top of it, and it stays as it is.
  if (firstInput === undefined) {
    return { response_action: 'push', view: notice('Not done', explain(door, what, error)) }
  }
  const refusals = refusalsIn(error)
  const errors: Record<string, string> = {}
  for (const refusal of refusals) {
    const place = refusal.field !== undefined && inputs.includes(refusal.field) ? refusal.field : firstInput
    errors[place] = [errors[place], wordsFor(refusal)].filter(Boolean).join(' ')
  }
  if (refusals.length === 0) errors[firstInput] = explain(door, what, error)
  return { response_action: 'errors', errors }
}

/** A small modal that only says something. The text is plain: names that people chose may stand in it. */
export function notice(title: string, text: string): ModalView {
  return { type: 'modal', title: plain(title, 24), close: plain('Close', 24), blocks: [section(escapeText(text))] }
}
