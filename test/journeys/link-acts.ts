// What people do with registration links in every story: set one up in Slack, and give an address on its page.
import { expect } from 'vitest'
import type { Member, ViewSession } from '../../src/sandbox/slack/local-slack.ts'
import { formBody, PUBLIC_URL, type Usher } from '../setup/usher.ts'
import { queryRows, until } from './acts.ts'

type Fields = Parameters<ViewSession['fill']>[0]

/** Opens `/invites links`. */
export async function openLinks(member: Member, rest = ''): Promise<ViewSession> {
  const before = member.view()?.id
  await member.command(`/invites links ${rest}`.trim())
  return member.waitForView((view) => view.title === 'Registration links' && view.id !== before)
}

/** Sets the link of the main hub's user type up, and turns it on; gives the modal and the address in it. */
export async function startLink(
  usher: Usher,
  { by = 'UADA', fields = {}, userType = 'External Member', hub = 'Main hub' } = {} as {
    by?: string
    fields?: Fields
    userType?: string
    hub?: string
  },
): Promise<{ view: ViewSession; address: string }> {
  const member = usher.slack.as(by)
  const list = await openLinks(member)
  const { id } = await usher.app.db.prisma.hub.findFirstOrThrow({ where: { name: hub } })
  await list.click('Set up', { value: `${id} ${userType.toLowerCase().replace(' ', '_')}` })
  const form = await member.waitForView('link_form')
  await form.fill({ Role: 'Employee', ...fields })
  await form.submit()
  const off = await member.waitForView((view) => view.title === 'Registration link')
  await off.click('Turn on')
  const view = await member.waitForView(
    (shown) => shown.title === 'Registration link' && shown.text.includes('Turn off'),
  )
  return { view, address: addressIn(view) }
}

/** Opens the modal of the main hub's link for External Members. */
export async function openLink(usher: Usher, by = 'UADA'): Promise<ViewSession> {
  const member = usher.slack.as(by)
  const list = await openLinks(member)
  const { id } = await usher.app.db.prisma.registrationLink.findFirstOrThrow({ where: { userType: 'external_member' } })
  await list.click('Open', { value: id })
  return member.waitForView((shown) => shown.title === 'Registration link')
}

/** The address in a link's modal. */
export function addressIn(view: ViewSession): string {
  const [address] = view.text.match(/https:\/\/usher\.example\.test\/register\/[\w-]+/) ?? []
  if (!address) throw new Error(`no address in: ${view.text}`)
  return address
}

/** Gives an address on a link's page. */
export function give(usher: Usher, address: string, email: string, language = 'en'): Promise<Response> {
  return usher.visit(address, formBody({ email, language }))
}

/** Gives an address, and waits until what becomes of it is worked out. */
export async function giveAndSettle(usher: Usher, address: string, email: string): Promise<string> {
  const answer = await give(usher, address, email)
  expect(answer.status).toBe(303)
  expect(answer.headers.get('location')).toBe('/mailbox?language=en')
  return outcomeOf(usher, email)
}

/** What became of the address that was given last. */
export async function outcomeOf(usher: Usher, email: string): Promise<string> {
  const text = `SELECT "outcome" FROM "RegistrationAsk" WHERE "email" = $1 ORDER BY "askedAt" DESC, "id" DESC LIMIT 1`
  return until(async () => {
    const [row] = await queryRows(usher, text, [email])
    expect(row?.outcome).not.toBe('asked')
    return String(row?.outcome)
  })
}

/** A link whose page has to be dead, by GET and by POST. */
export async function expectDeadLink(usher: Usher, address: string): Promise<void> {
  const opened = await usher.visit(address)
  expect(opened.status, 'opening it').toBe(404)
  const sent = await give(usher, address, 'somebody@example.org')
  expect(sent.status, 'sending its form').toBe(404)
  expect(await sent.text()).toBe(await opened.text())
}

export const tokenOf = (address: string) => address.slice(`${PUBLIC_URL}/register/`.length)
