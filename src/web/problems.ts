// The core's refusals of a sign-up, put beside the fields that they are about and into words.
import type { JoinForm } from '../invitations/index.ts'
import type { FieldName, FormRefusalCode, Texts } from '../languages/index.ts'
import { Refusal, Refusals } from '../refusal.ts'
import type { JoinProblems } from './pages/join.ts'

const fieldOfCode: Record<FormRefusalCode, FieldName> = {
  first_name_missing: 'firstName',
  last_name_missing: 'lastName',
  name_too_long: 'firstName',
  mobile_malformed: 'mobile',
  mobile_without_country: 'mobile',
  password_too_short: 'password',
  password_too_long: 'password',
  password_common: 'password',
  password_personal: 'password',
  terms_not_agreed: 'termsAgreed',
}

/** The refusals in what the core threw; none when there is anything unexpected about it. */
export function refusalsIn(error: unknown): Refusal[] {
  const refusals = error instanceof Refusals ? error.refusals : error instanceof Refusal ? [error] : []
  const areKnown = refusals.every(({ code }) => code === 'link_dead' || code === 'too_busy' || isFormRefusal(code))
  return areKnown ? refusals : []
}

/** What the page says about refusals of this form. */
export function problemsOf(refusals: Refusal[], { form, texts }: { form: JoinForm; texts: Texts }): JoinProblems {
  const fields = refusals.flatMap((refusal) => {
    const { code } = refusal
    if (!isFormRefusal(code)) return []
    const field = code === 'name_too_long' && refusal.field === 'lastName' ? 'lastName' : fieldOfCode[code]
    // Agreed, and refused all the same: it was an older text that was agreed to.
    const isOlderText = code === 'terms_not_agreed' && form.termsAgreed
    return [{ field, words: isOlderText ? texts.errors.termsChanged : texts.errors.of[code](field) }]
  })
  return { fields, isBusy: refusals.some(({ code }) => code === 'too_busy') }
}

function isFormRefusal(code: string): code is FormRefusalCode {
  return Object.hasOwn(fieldOfCode, code)
}
