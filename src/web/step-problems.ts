// The refusals of a code, a choice or a tick, put beside the field that they are about and into words.

import type { FactorRefusalCode, Texts } from '../languages/index.ts'
import { Refusal, Refusals } from '../refusal.ts'
import type { StepProblem } from './pages/join-steps.ts'
import { waitIn } from './wait.ts'

/** What the page says; undefined where there is anything else than such a refusal. */
export function stepProblemsIn(error: unknown, texts: Texts): StepProblem[] | undefined {
  const refusals = error instanceof Refusals ? error.refusals : error instanceof Refusal ? [error] : []
  const problems = refusals.flatMap(({ code, field, detail }) => {
    if (code === 'terms_not_agreed') return [{ field, words: texts.errors.of.terms_not_agreed('termsAgreed') }]
    if (!isFactorRefusal(code, texts)) return []
    const wait = waitIn(texts.language, Number(detail.seconds ?? 0))
    return [{ field, words: texts.factors.of[code](wait) }]
  })
  return problems.length > 0 && problems.length === refusals.length ? problems : undefined
}

function isFactorRefusal(code: string, { factors }: Texts): code is FactorRefusalCode {
  return Object.hasOwn(factors.of, code)
}
