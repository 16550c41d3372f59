// What somebody does to sign in with Slack in a story: the button, the page at Slack, the way back.
import { expect } from 'vitest'
import { PUBLIC_URL, type Usher } from '../setup/usher.ts'
import { addAccount, type Browser, openBrowser, type Page } from './account-acts.ts'

let count = 0

/** A member of the workspace, whom Usher does not know. */
export async function makeSlackMember(usher: Usher): Promise<{ id: string; email: string }> {
  count += 1
  const [id, email] = [`USLACK${count}`, `member${count}@northwind.example`]
  await usher.slack.setUser(id, { real_name: `Member ${count}`, email }, { silently: true })
  return { id, email }
}

/** One with an account by the same address. */
export async function makeHolder(usher: Usher) {
  const member = await makeSlackMember(usher)
  return { ...member, ...(await addAccount(usher, member.email)) }
}

/** Presses the button, and gives the address of Slack's page. */
export async function begin(browser: Browser): Promise<URL> {
  const { status, location } = await browser.get('/sign-in/slack')
  expect(status).toBe(303)
  return new URL(location ?? '')
}

/** Chooses a member on Slack's page, and gives the path back, with all that Slack put into it. */
export async function choose(page: URL, as: string): Promise<string> {
  const address = new URL(page)
  address.searchParams.set('as', as)
  const response = await fetch(address, { redirect: 'manual' })
  const back = new URL(response.headers.get('location') ?? '')
  expect(back.origin).toBe(PUBLIC_URL)
  return `${back.pathname}${back.search}`
}

/** All three; gives what the browser is shown in the end. */
export async function signInWithSlack(usher: Usher, id: string, browser = openBrowser(usher)): Promise<Page> {
  return browser.get(await choose(await begin(browser), id))
}

/** Takes back all that the local Slack was told to do wrong. */
export function mendSlack({ slack }: Usher): void {
  for (const name of ['claims', 'isSignedByAnother', 'takesPkce'] as const) delete slack.openIdMistakes[name]
  slack.faults.clear()
}

export const heading = ({ body }: Page) => /<h1>(.*?)<\/h1>/.exec(body)?.[1]
