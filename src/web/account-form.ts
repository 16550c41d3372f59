// Reads the forms of signing in and of the account: the named fields and nothing else, whatever else was sent along.
import { isFormTokenOf } from '../accounts/index.ts'

/** What was typed into a line, without what no keyboard makes. What is missing, or there twice, is empty. */
export function lineIn(body: unknown, name: string): string {
  return typedIn(body, name).replace(/\p{Cc}+/gu, ' ')
}

/** What was typed, as it is: for passwords. */
export function typedIn(body: unknown, name: string): string {
  if (typeof body !== 'object' || body === null) return ''
  const value = Object.entries(body).find(([key]) => key === name)?.[1]
  return typeof value === 'string' ? value : ''
}

/** The kind of a second factor; undefined for anything else. */
export function kindIn(text: string): 'app' | 'email' | 'sms' | undefined {
  return text === 'app' || text === 'email' || text === 'sms' ? text : undefined
}

/** Whether a form comes from a page that was made for the browser with this token. */
export function isOurForm(body: unknown, token: string): boolean {
  return isFormTokenOf(token, typedIn(body, 'form'))
}
