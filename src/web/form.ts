// Reads the sign-up form out of a request's body: the named fields and nothing else, whatever else was sent along.
import { z } from 'zod'
import type { JoinAnswer, JoinForm } from '../invitations/index.ts'
import { firstLanguage, isLanguage, type Language } from '../languages/index.ts'

// A field sent twice arrives as a list, and counts as not filled in.
const typed = z.string().catch('')
// No keyboard makes these, and PostgreSQL keeps no NUL.
const line = typed.transform((text) => text.replace(/\p{Cc}+/gu, ' '))

const ticked = z
  .literal('yes')
  .transform(() => true)
  .catch(false)
const version = z.coerce.number().int().min(0).max(2_147_483_647).catch(0)

const joinForm = z.object({
  firstName: line,
  lastName: line,
  mobile: line,
  password: typed,
  termsAgreed: ticked,
  termsVersion: version,
  shown: z.string().max(2_000).catch(''),
})

const joinAnswer = z.discriminatedUnion('step', [
  z.object({ step: z.literal('choose'), kind: typed }),
  z.object({ step: z.literal('prove'), code: line }),
  z.object({ step: z.literal('again') }),
  z.object({ step: z.literal('other') }),
  z
    .object({ step: z.literal('kept'), codesKept: ticked })
    .transform(({ step, codesKept }) => ({ step, areKept: codesKept })),
  z.object({ step: z.literal('agree'), termsAgreed: ticked, termsVersion: version }),
])

/** Reads what was typed; never fails: what is missing is empty, and the core says what is wrong with that. */
export function readJoinForm(body: unknown): JoinForm {
  return joinForm.parse(typeof body === 'object' && body !== null ? body : {})
}

/** Reads what a page after the first sent; undefined for the first page's form. */
export function readJoinAnswer(body: unknown): JoinAnswer | undefined {
  return joinAnswer.safeParse(body).data
}

/** Reads the one field of a registration link's page; never fails. */
export function readRegisterForm(body: unknown): { email: string } {
  return z.object({ email: line }).parse(typeof body === 'object' && body !== null ? body : {})
}

/** Reads the code from a slip; never fails. */
export function readSlipForm(body: unknown): { code: string } {
  return z.object({ code: line }).parse(typeof body === 'object' && body !== null ? body : {})
}

/** The language that the form was shown in, for the page after it. */
export function readFormLanguage(body: unknown): Language {
  const { language } = z.object({ language: typed }).parse(typeof body === 'object' && body !== null ? body : {})
  return isLanguage(language) ? language : firstLanguage
}
