// SECURITY 36 and 39: every kind of person, every act on people, every button that asks for it, forged too, on targets
// within, beside, level with and above them, and on themselves. What is expected stands in people-acts-table.ts.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { newId, type Role, type UserType } from '../../src/database/index.ts'
import { addUnit, answered, freshTrigger, invite, queryRows, sendSigned, until } from '../journeys/acts.ts'
import { known } from '../journeys/approval-acts.ts'
import { startUsher, type Usher } from '../setup/usher.ts'
import { ACTORS, ACTS, type Act, type ActorId, may, type Standing, TARGETS, userTypeIn } from './people-acts-table.ts'
import { KINDS } from './rights-kinds.ts'

let usher: Usher
const ids = new Map<string, string>()
/** Whoever leaves loses role and hubs: both as they were at first, by the person's id. */
const standings = new Map<string, { role: Role | null; hubs: { hubId: string; userType: UserType }[] }>()
const places: Record<string, string> = {}
/** The payload of a button that Slack sent. */
let pressed = ''

/** The card, or the list of people with what was done. */
const DONE = /person_card|marked as left|brought back|set to Contractor|accounts? (paused|reopened)/

type Button = { act: Act; action: string; value: string; memory: string }

beforeAll(async () => {
  usher = await startUsher()
  const { prisma } = usher.app.db
  places.room = await addUnit(usher, 'hub', 'Customer room')
  places.main = (await prisma.hub.findFirstOrThrow({ where: { isDefault: true } })).id
  places.nursing = await addUnit(usher, 'department', 'Nursing')
  places.surgery = await addUnit(usher, 'department', 'Surgery')
  for (const [name, standing] of Object.entries(TARGETS))
    if (name !== 'oneself') ids.set(name, await addTarget(name, standing))
  for (const id of ACTORS) ids.set(id, await addActor(id))
  for (const id of ids.values()) {
    const { role } = await prisma.person.findUniqueOrThrow({ where: { id } })
    const hubs = await prisma.hubMembership.findMany({
      where: { personId: id },
      select: { hubId: true, userType: true },
    })
    standings.set(id, { role, hubs })
  }
  // A button, to be forged from now on.
  await invite(usher, 'button@example.org')
  const ada = usher.slack.as('UADA')
  await ada.openHome()
  await (await ada.waitForHome()).click('Status')
  await (await ada.waitForView('Invitations')).close()
  const sent = usher.slack.sent.findLast(({ kind }) => kind === 'block_actions')
  pressed = new URLSearchParams(sent?.body).get('payload') ?? ''
})
afterAll(() => usher.stop())

async function addTarget(name: string, { role, department, hubs = [] }: Standing): Promise<string> {
  const { prisma } = usher.app.db
  const { id: organisationId } = await prisma.organisation.findFirstOrThrow()
  const email = `${name.replaceAll(/\W+/g, '-').toLowerCase()}@example.org`
  const row = { id: newId(), organisationId, email, emailKey: email, firstName: name, createdAt: usher.clock.now }
  const departmentId = department ? (places[department] ?? null) : null
  await prisma.person.create({ data: { ...row, role: role ?? null, departmentId } })
  for (const hub of hubs) {
    const hubId = places[hub.split(' ')[0] ?? ''] ?? ''
    await prisma.hubMembership.create({
      data: { hubId, personId: row.id, userType: userTypeIn(hub), joinedAt: row.createdAt },
    })
  }
  return row.id
}

async function addActor(slackId: ActorId): Promise<string> {
  const kind = KINDS.find((one) => one.slackId === slackId)
  await usher.slack.setUser(slackId, {
    real_name: kind?.name ?? '',
    email: `${slackId}@northwind.example`,
    ...kind?.slack,
  })
  const { role = null, department, hubs = {} } = kind?.standing ?? {}
  const memberships = Object.entries(hubs).map(([hub, userType]) => [places[hub], userType])
  const departmentId = department ? (places[department] ?? null) : null
  const { id } = await known(usher, slackId, { role, departmentId, hubs: Object.fromEntries(memberships) })
  if (!kind?.isInactive) return id
  await usher.slack.setUser(slackId, { deleted: true })
  await until(async () => expect(await usher.app.db.prisma.person.count({ where: { id, isActive: false } })).toBe(1))
  return id
}

/** What an act changes. */
async function factOf(act: Act, personId: string): Promise<unknown> {
  const [row] = await queryRows(
    usher,
    `SELECT p."isActive", p."employeeType", a."status"::text AS account,
      (SELECT count(*)::int FROM "SecondFactor" f WHERE f."personId" = p."id") AS factors
      FROM "Person" p LEFT JOIN "Account" a ON a."personId" = p."id" WHERE p."id" = $1`,
    [personId],
  )
  return row?.[CHANGES[act]]
}

/** Puts a person into the state in which this act would change something, with an account and a second factor. */
async function prepare(act: Act, personId: string): Promise<void> {
  const { prisma } = usher.app.db
  const { organisationId } = await prisma.person.findUniqueOrThrow({ where: { id: personId } })
  const isAway = act === 'bring back'
  const { role = null, hubs = [] } = standings.get(personId) ?? {}
  const activity = isAway ? { hand: false } : {}
  await prisma.person.update({
    where: { id: personId },
    data: { isActive: !isAway, activity, leftAt: null, employeeType: null, role },
  })
  await prisma.hubMembership.createMany({
    data: hubs.map((hub) => ({ ...hub, personId, joinedAt: usher.clock.now })),
    skipDuplicates: true,
  })
  const status = act === 'reopen the account' ? 'inactive' : 'active'
  await prisma.account.upsert({
    where: { personId },
    update: { status, leftAt: null },
    create: {
      ...{ id: newId(), organisationId, personId, status, passwordHash: 'x', createdAt: usher.clock.now },
      ...{ termsVersion: 1, termsAgreedAt: usher.clock.now, termsAgreedFrom: 'test' },
    },
  })
  await prisma.secondFactor.deleteMany({ where: { personId } })
  await prisma.secondFactor.create({
    data: {
      ...{ id: newId(), organisationId, personId, kind: 'email', address: 'code@example.org' },
      ...{ provedAt: usher.clock.now, createdAt: usher.clock.now },
    },
  })
}

/** Presses a button as somebody, with a freshly signed request, and gives what they were shown in the end. */
async function press(actorId: string, button: Button): Promise<string> {
  const { requests } = usher.slack
  const trigger = button.act === 'see the card' ? await freshTrigger(usher, actorId) : 'used'
  // The local Slack keeps the newest requests only.
  const last = requests.at(-1)
  const payload = JSON.parse(pressed)
  payload.user.id = actorId
  payload.trigger_id = trigger
  for (const action of payload.actions) Object.assign(action, { action_id: button.action, value: button.value })
  if (button.act === 'see the card') delete payload.view
  else {
    const view = { id: 'VFORGED', hash: 'x', type: 'modal', blocks: [], title: { type: 'plain_text', text: 'Person' } }
    payload.view = { ...view, private_metadata: button.memory, root_view_id: null, state: { values: {} } }
  }
  const answer = await sendSigned(usher, new URLSearchParams({ payload: JSON.stringify(payload) }).toString())
  expect(answered(answer).status).toBe(200)
  // The end of it: a refusal is told in a message, because Slack knows no such modal; what was done stands in a view.
  const isEnd = ({ method, body }: (typeof requests)[number]) =>
    method === 'views.open' ||
    (method === 'views.update' && DONE.test(JSON.stringify(body))) ||
    (method === 'chat.postMessage' && body.channel === actorId)
  return until(async () => {
    const end = requests.slice(last ? requests.lastIndexOf(last) + 1 : 0).find(isEnd)
    expect(end).toBeDefined()
    return JSON.stringify(end?.body)
  })
}

async function chosenBy(ownerId: string, personId: string): Promise<string> {
  const { prisma } = usher.app.db
  const { organisationId } = await prisma.person.findUniqueOrThrow({ where: { id: ownerId } })
  const id = newId()
  await prisma.selection.create({
    data: { id, organisationId, ownerId, personIds: [personId], createdAt: usher.clock.now },
  })
  const filter = { invited: 'all', user: 'all', only: 'all', search: '' }
  return JSON.stringify({ filter, at: 'first', selectionId: id, page: 1, from: '' })
}

const CHANGES: Record<Act, string> = {
  'see the card': '',
  'mark as left': 'isActive',
  'bring back': 'isActive',
  'set Contractor': 'employeeType',
  'pause the account': 'account',
  'reopen the account': 'account',
  'reset two-step verification': 'factors',
}
const cells = Object.entries(ACTS).flatMap(([act, { table, ...ways }]) =>
  Object.entries(ways).map(([way, action]) => ({ act: act as Act, table, way, action })),
)

it.each(cells)('36, 39: $act, by the $way’s button $action', async ({ act, table, way, action }) => {
  const wrong: string[] = []
  for (const actor of ACTORS) {
    const actorId = ids.get(actor) ?? ''
    for (const target of Object.keys(TARGETS)) {
      // Who has left or is a guest stays so.
      const isOneself = target === 'oneself'
      if (isOneself && actor === 'UGONE') continue
      const personId = isOneself ? actorId : (ids.get(target) ?? '')
      // Somebody who was marked as left could do nothing at all: only what they could do while they are here counts.
      if (!(isOneself && act === 'bring back')) await prepare(act, personId)
      const before = await factOf(act, personId)
      const memory = way === 'chosen' ? await chosenBy(actorId, personId) : ''
      const shown = await press(actor, { act, action, value: way === 'chosen' ? '' : personId, memory })
      const isDone = table === 'see' ? shown.includes('*Hubs*') : (await factOf(act, personId)) !== before
      if (isDone !== may(table, target, actor))
        wrong.push(`${actor} on ${target}: ${isDone ? 'done' : shown.slice(0, 300)}`)
    }
  }
  expect(wrong).toEqual([])
})
