// What a browser does with the sign-up page: it sends what the page stated of itself along.
import type { Usher } from '../setup/usher.ts'
import { signUp } from './acts.ts'

/** Opens a link's page and sends its form as a browser does, with what the page states of itself. */
export async function signUpFromPage(usher: Usher, link: string): Promise<Response> {
  return signUp(usher, link, { shown: await shownBy(usher, link) })
}

/** What the page of a link states of the further invitations that it names. */
export async function shownBy(usher: Usher, link: string): Promise<string> {
  const page = await (await usher.visit(link)).text()
  return /name="shown" value="([^"]*)"/.exec(page)?.[1] ?? ''
}
