// What people do with the list of people in every story: open it, read its boxes, tick, turn, go on.
import { expect } from 'vitest'
import type { Member, ViewSession } from '../../src/sandbox/slack/local-slack.ts'
import type { Usher } from '../setup/usher.ts'
import { queryRows, until } from './acts.ts'

/** People who are known and not invited: `Pia 001 Probe` and so on, with addresses. */
export async function addPeople(usher: Usher, count: number, { lastName = 'Probe', from = 1 } = {}) {
  await queryRows(
    usher,
    `INSERT INTO "Person" ("id", "organisationId", "email", "emailKey", "firstName", "lastName", "employeeType", "createdAt")
     SELECT gen_random_uuid(), o."id", e, e, 'Pia ' || lpad(n::text, 3, '0'), $2, 'employee', now()
     FROM "Organisation" o, generate_series($3::int, $3::int + $1::int - 1) AS n,
       lateral (SELECT lower($2) || n || '@example.org') AS x(e)`,
    [count, lastName, from],
  )
}

export async function openPeople(member: Member, typed = ''): Promise<ViewSession> {
  const before = member.view()?.id
  await member.command(`/invites people ${typed}`.trim())
  return member.waitForView((view) => view.callbackId === 'people_list' && view.id !== before)
}

export type Option = { text: { text: string }; description: { text: string }; value: string }

/** The boxes of the page, as they are read. */
export function boxes(view: ViewSession): Option[] {
  const block = view.blocks.find(({ block_id }) => String(block_id).startsWith('people_rows_'))
  return ((block?.element as { options?: Option[] } | undefined)?.options ?? []) as Option[]
}
export const names = (view: ViewSession) => boxes(view).map(({ text }) => text.text.split(' · ')[0])
export const rowsBlock = (view: ViewSession) =>
  String(view.blocks.find(({ block_id }) => String(block_id).startsWith('people_rows_'))?.block_id)

/** Ticks people of the page by the beginning of their names, beside those who are ticked. */
export async function tick(view: ViewSession, ...wanted: string[]) {
  const fitting = boxes(view).filter(({ text }) => wanted.some((name) => text.text.startsWith(name)))
  expect(fitting).toHaveLength(wanted.length)
  await view.fill({ [rowsBlock(view)]: fitting.map(({ value }) => value) })
}
export const ticked = (view: ViewSession) =>
  Object.values(view.values[rowsBlock(view)] ?? {})[0]?.selected_options?.map(({ text }) => text.text.split(' · ')[0])

export async function press(view: ViewSession, name: string) {
  const before = view.hash
  await view.click(name)
  await until(async () => expect(view.hash).not.toBe(before))
}

export async function goOn(view: ViewSession) {
  expect((await view.submit()).updated).toBeDefined()
  await until(async () => expect(view.callbackId).toBe('people_acts'))
}

/** Somebody who is known by name alone. */
export async function addWithoutAddress(usher: Usher) {
  await queryRows(
    usher,
    `INSERT INTO "Person" ("id", "organisationId", "firstName", "lastName", "createdAt")
     SELECT gen_random_uuid(), "id", 'Nora', 'Nomail', now() FROM "Organisation"`,
  )
}
