// What the pages say of second factors, in sign-up and wherever a code is asked for.

import type { Html } from '../html.ts'
import type { RefusalCode } from '../refusal.ts'

/** The refusals of a code, of a choice, of a tick on these pages. */
export type FactorRefusalCode = Extract<
  RefusalCode,
  | 'code_malformed'
  | 'code_wrong'
  | 'code_old'
  | 'code_used'
  | 'code_elsewhere'
  | 'code_clock'
  | 'code_none'
  | 'code_wait'
  | 'code_limit'
  | 'factor_missing'
  | 'factor_impossible'
  | 'codes_not_kept'
  | 'passage_over'
>

export type FactorTexts = {
  /** "Step 2 of 4". */
  step: (number: number, of: number) => string
  next: string
  /** Under the first page's button. */
  nothingYet: string
  choose: {
    heading: string
    lead: (organisation: Html) => Html
    legend: string
    app: string
    appHint: string
    email: string
    emailHint: (address: Html) => Html
    sms: string
    smsHint: (number: Html) => Html
  }
  app: {
    heading: string
    scan: string
    picture: string
    /** A link that opens an app on the same device. */
    open: string
    key: string
    keyHint: string
    code: string
    codeHint: string
  }
  sent: {
    heading: string
    lead: (address: Html) => Html
    code: string
    codeHint: string
    again: string
  }
  confirm: string
  other: string
  codes: { heading: string; lead: string; list: string; kept: string }
  terms: { heading: string; lead: string }
  /** `wait`: until it is worth trying again, as words. */
  of: Record<FactorRefusalCode, (wait: string) => string>
}
