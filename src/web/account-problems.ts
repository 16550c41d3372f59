// The refusals of signing in and of the account, put beside the fields that they are about and into words.

import type { AccountRefusalCode, FactorRefusalCode, FormRefusalCode, Texts } from '../languages/index.ts'
import { Refusal, Refusals } from '../refusal.ts'
import type { StepProblem } from './pages/factor-forms.ts'
import { waitIn } from './wait.ts'

/** What the page says, and (`retryAfter`, in seconds) when it is worth trying again. */
export type AccountProblems = { items: StepProblem[]; status: 422 | 429 | 503; retryAfter?: number }

const BUSY_SECONDS = 5

/** Undefined where there is anything else than a refusal that a person can mend on the page. */
export function accountProblemsIn(error: unknown, texts: Texts): AccountProblems | undefined {
  const refusals = error instanceof Refusals ? error.refusals : error instanceof Refusal ? [error] : []
  const items = refusals.flatMap((refusal) => {
    const words = wordsFor(refusal, texts)
    return words === undefined ? [] : [{ field: refusal.field, words }]
  })
  if (items.length === 0 || items.length < refusals.length) return undefined
  if (refusals.some(({ code }) => code === 'too_busy')) return { items, status: 503, retryAfter: BUSY_SECONDS }
  const wait = refusals.find(({ code }) => code === 'sign_in_wait')
  return wait ? { items, status: 429, retryAfter: Number(wait.detail.seconds) } : { items, status: 422 }
}

function wordsFor({ code, field, detail }: Refusal, texts: Texts): string | undefined {
  const wait = waitIn(texts.language, Number(detail.seconds ?? 0))
  if (isAccountRefusal(code, texts)) return texts.accounts.of[code](wait)
  if (isFactorRefusal(code, texts)) return texts.factors.of[code](wait)
  if (isFormRefusal(code, texts)) return texts.errors.of[code](field === 'lastName' ? 'lastName' : 'firstName')
  return undefined
}

function isAccountRefusal(code: string, { accounts }: Texts): code is AccountRefusalCode {
  return Object.hasOwn(accounts.of, code)
}

function isFactorRefusal(code: string, { factors }: Texts): code is FactorRefusalCode {
  return Object.hasOwn(factors.of, code)
}

function isFormRefusal(code: string, { errors }: Texts): code is FormRefusalCode {
  return Object.hasOwn(errors.of, code)
}
