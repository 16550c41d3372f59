// Long because one app serves every viewer and every door. SECURITY 39 and 40: having invited somebody shows the
// invitation, not the person; and nothing that is looked at afterwards says whether an address is known.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Queue } from '../../src/jobs/index.ts'
import type { Member } from '../../src/sandbox/slack/local-slack.ts'
import {
  addUnit,
  forge,
  freshTrigger,
  invitationOf,
  invite,
  mailTo,
  openQueueOf,
  queryRows,
  runExpiry,
  signUp,
  until,
  waitForQuiet,
  waitForStatus,
} from '../journeys/acts.ts'
import { known } from '../journeys/approval-acts.ts'
import { DAY, MINUTE, startUsher, type Usher } from '../setup/usher.ts'

let usher: Usher
let queue: Queue
let organisationId = ''
const hubs = { main: '', room: '', harbour: '' }
const departments = { nursing: '', surgery: '' }

/** Whom everything is about: a member of the Harbour, in Nursing, with much that is nobody else's to know. */
const NADIA = 'nadia@example.org'
const SECRETS = ['Nadia', 'Secretova', '+79051234567', 'nadia.s', 'Night watch', 'Harbour', 'Nursing']

type Viewer = { name: string; slackId: string; sees: boolean; fields?: Record<string, string> }
const VIEWERS: Viewer[] = [
  { name: 'a Team Member who invited them', slackId: 'UTEAM', sees: false, fields: { Hub: 'Customer room' } },
  {
    name: 'the Hub Admin of another hub who invited them',
    slackId: 'UROOM',
    sees: false,
    fields: { Hub: 'Customer room' },
  },
  {
    name: 'the Quality Admin of another department who invited them',
    slackId: 'UQUAL',
    sees: false,
    fields: { Hub: 'Customer room', Department: 'Surgery' },
  },
  { name: 'the HR Admin of their department', slackId: 'UHR', sees: true },
  { name: 'the Hub Admin of their hub', slackId: 'UHARB', sees: true },
  { name: 'a Corporate Admin', slackId: 'UADA', sees: true },
  { name: 'somebody who may only ask', slackId: 'UPLAIN', sees: false },
  { name: 'a guest, whatever else they are', slackId: 'UGUEST', sees: false },
]

beforeAll(async () => {
  usher = await startUsher()
  queue = await openQueueOf(usher)
  const { prisma } = usher.app.db
  await known(usher, 'UADA')
  hubs.main = (await prisma.hub.findFirstOrThrow({ where: { isDefault: true } })).id
  hubs.room = await addUnit(usher, 'hub', 'Customer room')
  hubs.harbour = await addUnit(usher, 'hub', 'Harbour')
  departments.nursing = await addUnit(usher, 'department', 'Nursing')
  departments.surgery = await addUnit(usher, 'department', 'Surgery')
  organisationId = (await prisma.organisation.findFirstOrThrow()).id
  for (const { slackId, name } of VIEWERS.filter((one) => one.slackId !== 'UADA')) {
    const email = `${slackId.toLowerCase()}@northwind.example`
    await usher.slack.setUser(slackId, { real_name: name, email, is_restricted: slackId === 'UGUEST' })
  }
  await known(usher, 'UTEAM', { hubs: { [hubs.room]: 'team_member' } })
  await known(usher, 'UROOM', { hubs: { [hubs.room]: 'hub_admin' } })
  await known(usher, 'UQUAL', { role: 'quality_admin', departmentId: departments.surgery })
  await known(usher, 'UHR', { role: 'hr_admin', departmentId: departments.nursing })
  await known(usher, 'UHARB', { hubs: { [hubs.harbour]: 'hub_admin' } })
  await known(usher, 'UPLAIN')
  await known(usher, 'UGUEST', {
    role: 'hr_admin',
    departmentId: departments.nursing,
    hubs: { [hubs.harbour]: 'hub_admin' },
  })
  await addKnown(NADIA, 'active')
}, 60_000)
afterEach(async () => {
  for (const { slackId } of VIEWERS) await usher.slack.as(slackId).view()?.close({ all: true })
  expect(usher.slack.complaints).toEqual([])
})
afterAll(async () => {
  await queue.close()
  await usher.stop()
})

/** Somebody of the Harbour and of Nursing, with an account or from an import alone. */
async function addKnown(email: string, account: 'active' | 'inactive' | null, isActive = true): Promise<string> {
  const { prisma } = usher.app.db
  const id = crypto.randomUUID()
  const at = new Date(usher.clock.now.getTime() - DAY)
  const isNadia = email === NADIA
  await prisma.person.create({
    data: {
      ...{ id, organisationId, email, emailKey: email, isActive, createdAt: at, firstName: 'Nadia' },
      lastName: isNadia ? 'Secretova' : 'Other',
      mobile: isNadia ? '+79051234567' : null,
      userName: isNadia ? 'nadia.s' : null,
      userNameKey: isNadia ? 'nadia.s' : null,
      departmentId: departments.nursing,
      sources: { firstName: 'csv', lastName: 'csv', mobile: 'csv', departmentId: 'csv' },
    },
  })
  const group = { organisationId, source: 'import', externalId: 'night watch' } as const
  const { id: groupId } = await prisma.group.upsert({
    where: { organisationId_source_externalId: group },
    create: { ...group, id: crypto.randomUUID(), name: 'Night watch', createdAt: at },
    update: {},
  })
  await prisma.groupMembership.create({ data: { groupId, personId: id } })
  if (account === null) return id
  await prisma.hubMembership.create({
    data: { hubId: hubs.harbour, personId: id, userType: 'team_member', joinedAt: at },
  })
  const agreed = { termsVersion: 1, termsAgreedAt: at, termsAgreedFrom: 'a test' }
  await prisma.account.create({
    data: {
      id: crypto.randomUUID(),
      organisationId,
      personId: id,
      status: account,
      passwordHash: 'x',
      createdAt: at,
      ...agreed,
    },
  })
  return id
}

const personId = async (email: string) =>
  (await usher.app.db.prisma.person.findFirstOrThrow({ where: { emailKey: email } })).id

/** What a command or a press leads to: the modal, or the words that only they see. Whatever was open is closed first. */
async function shownAfter(member: Member, act: () => Promise<unknown>): Promise<{ text: string; whole: string }> {
  await member.view()?.close({ all: true })
  const heard = member.ephemerals().length
  await act()
  return until(async () => {
    const view = member.view()
    const last = member.ephemerals().length > heard ? member.ephemerals().at(-1) : undefined
    if (view) return { text: `${view.title}\n${view.text}`, whole: JSON.stringify([view.title, view.blocks]) }
    if (last) return { text: JSON.stringify([last.text, last.blocks]), whole: JSON.stringify([last.text, last.blocks]) }
    throw new Error('nothing is shown yet')
  })
}

const say = (slackId: string, line: string) =>
  shownAfter(usher.slack.as(slackId), () =>
    // Guests are not in every channel, and would not see the answer there.
    usher.slack.as(slackId).command(line, { channel: slackId === 'UGUEST' ? 'DGUEST' : 'general' }),
  )

/** Presses a button that was never shown to them, or one that was. */
async function press(slackId: string, actionId: string, value: string) {
  const trigger = await freshTrigger(usher, slackId)
  return shownAfter(usher.slack.as(slackId), () =>
    forge(usher, 'block_actions', (payload) => {
      payload.user.id = slackId
      payload.trigger_id = trigger
      Object.assign(payload, { view: undefined })
      for (const action of payload.actions) Object.assign(action, { action_id: actionId, value })
    }),
  )
}

/** Presses what changes an invitation, and goes on when it is done. */
async function change(slackId: string, actionId: string, invitation: { id: string; generation: number }) {
  const { id, generation } = invitation
  const trigger = await freshTrigger(usher, slackId)
  await usher.slack.as(slackId).view()?.close({ all: true })
  await forge(usher, 'block_actions', (payload) => {
    payload.user.id = slackId
    payload.trigger_id = trigger
    Object.assign(payload, { view: undefined })
    for (const action of payload.actions) Object.assign(action, { action_id: actionId, value: `${id}:${generation}` })
  })
  const changed = async () =>
    (await usher.app.db.prisma.invitation.findUniqueOrThrow({ where: { id } })).generation > generation
  await until(async () => expect(await changed()).toBe(true))
}

async function exported(slackId: string, what: 'people' | 'invitations'): Promise<string> {
  const member = usher.slack.as(slackId)
  const after = member.dm().at(-1)?.ts ?? ''
  await member.command(`/invites export ${what}`)
  const message = await member.waitForMessage(({ files = [], ts }) => files.length > 0 && ts > after)
  const url = String(message.files?.[0]?.url_private)
  return (await fetch(url, { headers: { authorization: `Bearer ${usher.slack.botToken}` } })).text()
}

async function home(slackId: string): Promise<string> {
  const member = usher.slack.as(slackId)
  const before = member.home()?.hash
  await member.openHome()
  return (await member.waitForHome((view) => view.hash !== before)).text
}

/** As it would be of anybody else: the address, ids and times are another's each time. */
function ofAnybody(words: string, email: string): string {
  return words
    .replaceAll(email, 'the address')
    .replaceAll(/[\da-f]{8}-[\da-f]{4}-[\da-f-]{22}/g, 'an id')
    .replaceAll(/<!date\^\d+\^[^>]*>/g, 'a time')
    .replaceAll(/\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?/g, 'a time')
    .replaceAll(/it answered: [^\\"]*/g, 'it answered: something')
    .replaceAll(/"block_id":"[^"]*"/g, '')
}

const lineOf = (csv: string, email: string) => csv.split('\r\n').find((line) => line.startsWith(email)) ?? 'no line'

/** Everything that somebody can open about an address that they typed. */
async function lookedAt(slackId: string, email: string) {
  const id = await usher.app.db.prisma.person.findFirst({ where: { emailKey: email } })
  const invitation = await usher.app.db.prisma.invitation.findFirst({
    where: { person: { emailKey: email }, inviter: { slackUserId: slackId } },
    orderBy: { createdAt: 'desc' },
  })
  const forged = id?.id ?? crypto.randomUUID()
  const all = {
    story: (await say(slackId, `/invites status ${email}`)).whole,
    storyById: invitation ? (await press(slackId, 'status_open', invitation.id)).whole : 'none',
    search: (await say(slackId, `/invites people ${email}`)).text,
    card: (await press(slackId, 'person_open', forged)).text,
    cardFromStory: (await press(slackId, 'person_from_story', `${forged}:${invitation?.id ?? ''}`)).text,
    why: (await say(slackId, `/invites why ${email}`)).text,
    whyById: (await press(slackId, 'why_open', forged)).text,
    pause: (await press(slackId, 'account_pause', `${invitation?.id ?? ''}:${forged}`)).text,
    reopen: (await press(slackId, 'account_reopen', `${invitation?.id ?? ''}:${forged}`)).text,
    people: lineOf(await exported(slackId, 'people'), email),
    invitations: lineOf(await exported(slackId, 'invitations'), email),
  }
  return Object.fromEntries(Object.entries(all).map(([door, words]) => [door, ofAnybody(words, email)]))
}

describe.each(VIEWERS)('$name', ({ slackId, sees, fields }) => {
  it(`39: ${sees ? 'sees the person' : 'sees nothing of the person'}, through every door`, async () => {
    const mayInvite = slackId !== 'UPLAIN' && slackId !== 'UGUEST'
    if (fields) {
      expect(await invite(usher, NADIA, fields, slackId)).toEqual({ closed: true })
      await change(slackId, 'invitation_revoke', await waitForStatus(usher, NADIA, 'pending'))
      await waitForStatus(usher, NADIA, 'revoked')
    } else if (!mayInvite) {
      const asked = { Hub: 'Customer room' }
      expect(await invite(usher, NADIA, asked, slackId)).toEqual({ closed: true })
      await usher.app.db.prisma.invitation.updateMany({
        where: { status: 'awaiting_approval' },
        data: { status: 'rejected' },
      })
    }
    const id = await personId(NADIA)
    const opened: Record<string, string> = {
      card: (await press(slackId, 'person_open', id)).text,
      people: (await say(slackId, '/invites people')).text,
      byName: (await say(slackId, '/invites people Secretova')).text,
      byMobile: (await say(slackId, '/invites people +79051234567')).text,
      byGroup: (await say(slackId, '/invites people Night watch')).text,
      byHub: (await say(slackId, '/invites people Harbour')).text,
      why: (await say(slackId, `/invites why ${NADIA}`)).text,
      whyByName: (await say(slackId, '/invites why Secretova')).text,
      statusByName: (await say(slackId, '/invites status Secretova')).text,
      statusByMobile: (await say(slackId, '/invites status +79051234567')).text,
      statusByUserName: (await say(slackId, '/invites status nadia.s')).text,
      home: await home(slackId),
    }
    if (mayInvite) opened.export = lineOf(await exported(slackId, 'people'), NADIA)
    const seen = (words: string) => SECRETS.filter((secret) => words.includes(secret))
    if (sees) {
      expect(seen(opened.card ?? '')).toEqual(
        expect.arrayContaining(['Nadia', 'Secretova', '+79051234567', 'Night watch']),
      )
      for (const door of ['people', 'byName', 'byMobile', 'byGroup', 'byHub', 'why', 'whyByName', 'export']) {
        expect(opened[door], door).toContain('Nadia')
      }
      return
    }
    for (const [door, words] of Object.entries(opened)) {
      // What somebody typed themselves may be said back to them.
      expect(seen(words.replaceAll(/“[^”]*”|"[^"]*\+7[^"]*"/g, '')), `${door}: ${words}`).toEqual([])
    }
  })
})

describe('what an inviter sees of their own invitation', () => {
  it('39: is the invitation: not the account, paused or not, nor its buttons, nor the way to the person', async () => {
    const email = 'accepted@example.org'
    const id = await addKnown(email, null)
    expect(await invite(usher, email, { Hub: 'Customer room' }, 'UTEAM')).toEqual({ closed: true })
    const invitation = await waitForStatus(usher, email, 'pending')
    const stories = []
    for (const status of ['active', 'inactive'] as const) {
      await usher.app.db.prisma.account.deleteMany({ where: { personId: id } })
      const agreed = { termsVersion: 1, termsAgreedAt: usher.clock.now, termsAgreedFrom: 'a test' }
      await usher.app.db.prisma.account.create({
        data: {
          id: crypto.randomUUID(),
          organisationId,
          personId: id,
          status,
          passwordHash: 'x',
          createdAt: usher.clock.now,
          ...agreed,
        },
      })
      await usher.app.db.prisma.invitation.update({
        where: { id: invitation.id },
        data: { status: 'accepted', acceptedAt: usher.clock.now },
      })
      const { whole } = await say('UTEAM', `/invites status ${email}`)
      expect(whole).toContain('Accepted')
      expect(whole).not.toMatch(/Inactive|"Active"|Pause account|Reopen account|About this person|Nadia/)
      stories.push(ofAnybody(whole, email))
      const admins = await say('UADA', `/invites status ${email}`)
      expect(admins.whole).toContain(status === 'active' ? 'Pause account' : 'Reopen account')
      expect(admins.whole).toContain('About this person')
    }
    expect(stories[0]).toBe(stories[1])
    const csv = lineOf(await exported('UTEAM', 'invitations'), email)
    expect(csv.replaceAll('"', '')).toMatch(/^accepted@example\.org,,,Customer room,Team Member,Employee,,,Accepted,/)
    expect(lineOf(await exported('UADA', 'invitations'), email)).toContain('Nadia')
  })

  it('39: says how many of their own invitations there were before, and none of others’', async () => {
    const email = 'twice@example.org'
    await invite(usher, email, { Hub: 'Harbour' }, 'UHARB')
    await waitForStatus(usher, email, 'pending')
    usher.clock.pass(MINUTE)
    expect(await invite(usher, email, { Hub: 'Customer room' }, 'UTEAM')).toEqual({ closed: true })
    await until(async () => expect((await invitationOf(usher, email)).hubId).toBe(hubs.room))
    await waitForStatus(usher, email, 'pending')
    const { whole } = await say('UTEAM', `/invites status ${email}`)
    expect(whole).not.toMatch(/older|another invitation|Harbour/)
    expect((await say('UADA', `/invites status ${email}`)).whole).toContain('one older invitation')
  })

  it('39: the news of an acceptance call the person by the address, for whoever may not see them', async () => {
    const email = 'news@example.org'
    await invite(usher, email, { Hub: 'Customer room' }, 'UTEAM')
    const link = (await mailTo(usher, email)).text.match(/https:\/\/\S+\/join\/[\w-]+/)?.[0] ?? ''
    await waitForStatus(usher, email, 'pending')
    expect((await signUp(usher, link, { firstName: 'Wilhelmina' })).status).toBe(303)
    const told = await usher.slack.as('UTEAM').waitForMessage(`${email} joined`)
    expect(JSON.stringify(told)).not.toContain('Wilhelmina')
  })
})

describe('equal answers afterwards', () => {
  it('40: of an address that is new, has an account elsewhere, or came with an import: the same, sent, sent again and revoked', async () => {
    const states = {
      fresh: 'fresh40@example.org',
      elsewhere: 'elsewhere40@example.org',
      imported: 'imported40@example.org',
    }
    await addKnown(states.elsewhere, 'active')
    await addKnown(states.imported, null)
    const seen: Record<string, unknown>[] = []
    for (const email of Object.values(states)) {
      const before = await home('UTEAM')
      expect(await invite(usher, email, { Hub: 'Customer room' }, 'UTEAM')).toEqual({ closed: true })
      await waitForStatus(usher, email, 'pending')
      await waitForQuiet(usher)
      const sent = await lookedAt('UTEAM', email)
      const atHome = pendingAt(await home('UTEAM')) - pendingAt(before)
      await change('UTEAM', 'invitation_resend', await invitationOf(usher, email))
      await waitForStatus(usher, email, 'pending')
      await waitForQuiet(usher)
      const again = await lookedAt('UTEAM', email)
      await change('UTEAM', 'invitation_revoke', await invitationOf(usher, email))
      await waitForStatus(usher, email, 'revoked')
      seen.push({ sent, atHome, again, revoked: await lookedAt('UTEAM', email) })
    }
    expect(seen[1], 'an account elsewhere').toEqual(seen[0])
    expect(seen[2], 'from an import').toEqual(seen[0])
    expect(seen[0]).toMatchObject({ atHome: 1 })
    const where = { personId: await personId(states.elsewhere) }
    expect((await usher.app.db.prisma.hubMembership.findMany({ where })).map(({ hubId }) => hubId)).toEqual([
      hubs.harbour,
    ])
  })

  it('40: of an address that could not be invited, and one that nobody knows: the same', async () => {
    await addKnown('paused40@example.org', 'inactive')
    await addKnown('left40@example.org', null, false)
    await addKnown('known40@example.org', 'active')
    const seen = []
    for (const name of ['paused40', 'left40', 'known40', 'unknown40']) {
      if (name !== 'known40' && name !== 'unknown40') {
        const { errors } = await invite(usher, `${name}@example.org`, { Hub: 'Customer room' }, 'UTEAM')
        expect(errors).toEqual({ email: 'This address could not be invited.' })
        await usher.slack.as('UTEAM').view()?.close({ all: true })
      }
      seen.push(await lookedAt('UTEAM', `${name}@example.org`))
    }
    for (const other of seen) expect(other).toEqual(seen[3])
  })

  it('40: an addition becomes accepted when the person signs in, or its time is over, and the inviter hears it then', async () => {
    const [comes, stays] = ['comes40@example.org', 'stays40@example.org']
    for (const email of [comes, stays]) {
      await addKnown(email, 'active')
      expect(await invite(usher, email, { Hub: 'Customer room' }, 'UTEAM')).toEqual({ closed: true })
      await waitForStatus(usher, email, 'pending')
      const where = { personId: await personId(email), hubId: hubs.room }
      expect(await usher.app.db.prisma.hubMembership.count({ where }), 'in the hub at once').toBe(1)
    }
    // Whoever administers the hub sees them as its member.
    expect((await say('UROOM', `/invites people ${comes}`)).text).toContain('Nadia')
    usher.clock.pass(MINUTE)
    await queryRows(
      usher,
      `INSERT INTO "Session" ("id", "tokenHash", "organisationId", "accountId", "createdAt", "lastSeenAt", "client", "address")
       SELECT gen_random_uuid(), 'visibility', a."organisationId", a."id", $2, $2, 'Firefox', '127.0.0.1' FROM "Account" a
       WHERE a."personId" = $1::uuid`,
      [await personId(comes), usher.clock.now],
    )
    await runExpiry(usher, queue)
    expect((await invitationOf(usher, comes)).status).toBe('accepted')
    expect((await invitationOf(usher, stays)).status).toBe('pending')
    const told = await usher.slack.as('UTEAM').waitForMessage(`${comes} joined`)
    expect(JSON.stringify(told)).not.toMatch(/Nadia|account/)
    usher.clock.pass(8 * DAY)
    await runExpiry(usher, queue)
    expect((await invitationOf(usher, stays)).status).toBe('accepted')
    const { whole } = await say('UTEAM', `/invites status ${stays}`)
    expect(whole).not.toMatch(/account|Added|Nadia/)
    expect((await say('UADA', `/invites status ${stays}`)).whole).toContain('they have an account already')
  })
})

const pendingAt = (words: string) => Number(/\*?Pending\*?\n(\d+)/.exec(words)?.[1] ?? Number.NaN)
