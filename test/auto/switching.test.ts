// `/invites auto` in Slack: set up, looked at, switched on with consent, changed and switched off; and who may.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { draftAutoRule } from '../../src/invitations/index.ts'
import type { Queue } from '../../src/jobs/index.ts'
import { Refusals } from '../../src/refusal.ts'
import { forge, hurryJobs, mailTo, openQueueOf, queryRows, until, waitForQuiet } from '../journeys/acts.ts'
import { startUsher, type Usher } from '../setup/usher.ts'
import { bringIn, invitedByClock, mailsTo, openAuto, previewRule, putInto, runPass, switchOn } from './auto-acts.ts'
import { NOTHING_CHOSEN } from './auto-world.ts'

let usher: Usher
let queue: Queue

beforeAll(async () => {
  usher = await startUsher()
  queue = await openQueueOf(usher)
  for (const id of ['UADA', 'UMAX']) {
    await usher.slack.as(id).openHome()
    await usher.slack.as(id).waitForHome()
  }
  await putInto(usher, 'Sales')
})
afterAll(async () => {
  expect(usher.slack.complaints).toEqual([])
  await queue.close()
  await usher.stop()
})
beforeEach(async () => {
  await usher.slack.as('UADA').view()?.close({ all: true })
})

it('begins switched off, and says so', async () => {
  const state = await openAuto(usher)
  expect(state.text).toMatch(/Off.*never set up/)
  await runPass(usher, queue)
  expect(await invitedByClock(usher)).toEqual([])
})

it('shows who would be invited, who would not and why, before anything is switched on', async () => {
  await bringIn(usher, 'ana@example.org', { startDate: '2026-01-01', name: 'Ana' })
  await bringIn(usher, 'bo@example.org', { startDate: '2099-01-01', name: 'Bo' })
  await bringIn(usher, 'cy@example.org', { startDate: '2026-01-01', employeeType: null, name: 'Cy' })
  await bringIn(usher, 'dee@example.org', { startDate: '2026-01-01', email: null, name: 'Dee' })
  await bringIn(usher, 'eve@example.org', { startDate: '2026-01-01', groups: ['Care'], name: 'Eve' })

  const preview = await previewRule(usher)

  expect(preview.text).toContain('1 person would be invited now')
  expect(preview.text).toContain('Ana')
  expect(preview.text).toContain('1 person: not categorised')
  expect(preview.text).toContain('1 person: without a start date, or before it')
  expect(preview.text).toContain('1 person: without an e-mail address')
  expect(preview.text).not.toContain('Eve')
  await preview.click('auto_list_start_date')
  const list = await usher.slack.as('UADA').waitForView('People')
  expect(list.text).toContain('Bo · bo@example.org · starts on 1 January 2099')
  await runPass(usher, queue)
  expect(await invitedByClock(usher)).toEqual([])
})

it('cannot be switched on without consent, by the form or by force', async () => {
  const preview = await previewRule(usher, { Consent: false })
  expect(preview.submitText).toBeUndefined()
  expect(preview.text).toContain('go back and tick that you agree')
  const draftId = preview.privateMetadata
  // The submission of another preview, turned to this draft.
  const agreed = await previewRule(usher)
  await usher.app.db.prisma.autoRule.update({ where: { id: agreed.privateMetadata }, data: { consent: false } })
  const answer = await agreed.submit()
  expect(answer.pushed?.text).toContain('before you have agreed')
  const turned = (payload: { view: { private_metadata: string } }) => {
    payload.view.private_metadata = draftId
  }
  const forged = await forge(usher, 'view_submission', turned, { later: 1 })
  expect(forged.body).toContain('before you have agreed')
  expect(await usher.app.db.prisma.autoRule.count({ where: { status: 'on' } })).toBe(0)
})

it('goes back to the form with everything that was chosen, but for the consent', async () => {
  const preview = await previewRule(usher, { 'Most people invited in one pass': '7', 'Start date': true })
  await preview.click('Back')
  const form = await usher.slack.as('UADA').waitForView('auto_form')
  expect(await form.submit()).toHaveProperty('updated')
  const again = await usher.slack.as('UADA').waitForView('auto_preview')
  const draft = await usher.app.db.prisma.autoRule.findUniqueOrThrow({ where: { id: again.privateMetadata } })
  expect(draft).toMatchObject({ mostInPass: 7, withoutStartDate: true, userType: 'team_member', consent: false })
})

it('names every field that is missing, and chooses nothing by itself', async () => {
  const state = await openAuto(usher)
  await state.click('auto_edit')
  const form = await usher.slack.as('UADA').waitForView('auto_form')
  await form.fill({
    Hub: 'Main hub',
    'User type': 'Team Member',
    Role: 'Employee',
    'Most people invited in one pass': '50',
  })
  expect(Object.keys((await form.submit()).errors ?? {})).toEqual(['autoGroups'])
  const { id: organisationId } = await usher.app.db.prisma.organisation.findFirstOrThrow()
  const { id: actorId } = await usher.app.db.prisma.person.findFirstOrThrow({ where: { slackUserId: 'UADA' } })
  const c = { db: usher.app.db, now: () => usher.clock.now }
  const nothing = { ...NOTHING_CHOSEN, userType: null, role: null, mostInPass: '0' }
  const refused = await draftAutoRule(c, { organisationId, actorId, form: nothing, replacesId: null }).catch(
    (error: unknown) => (error instanceof Refusals ? error.refusals.map(({ code, field }) => [code, field]) : error),
  )
  expect(refused).toEqual([
    ['group_missing', 'autoGroups'],
    ['hub_unknown', 'hubId'],
    ['user_type_missing', 'userType'],
    ['role_missing', 'role'],
    ['setting_out_of_range', 'mostInPass'],
  ])
  expect(await usher.app.db.prisma.autoRule.count({ where: { status: 'on' } })).toBe(0)
})

it('switched on, invites those who are due as one list with its own message; the log has who agreed and when', async () => {
  await switchOn(usher)
  await runPass(usher, queue)
  await runPass(usher, queue)
  expect(await invitedByClock(usher)).toEqual(['ana@example.org'])
  const progress = await usher.slack.as('UADA').waitForMessage('1 person will be invited into Main hub')
  expect(progress.text).toContain('by the automatic invitations')
  usher.clock.pass(61_000)
  await hurryJobs(usher)
  await mailTo(usher, 'ana@example.org')
  const done = await usher.slack
    .as('UADA')
    .waitForMessage(({ ts, text }) => ts === progress.ts && text.includes('1 person was invited into Main hub'))
  expect(done.text).toContain('Nobody was left out.')
  const events = await queryRows(
    usher,
    `SELECT "act", "actorName", "origin", "after" FROM "AuditEvent" WHERE "act" LIKE 'auto.%' OR "act" = 'list.sent'`,
  )
  expect(events).toMatchObject([
    {
      act: 'auto.turned_on',
      actorName: 'Ada Lovelace',
      after: { groups: 'Sales', consent: 'people are written to at addresses read from Slack' },
    },
    { act: 'list.sent', actorName: 'Ada Lovelace', origin: 'scheduler', after: { invited: 1 } },
  ])
  const state = await openAuto(usher)
  expect(state.text).toMatch(/On\* since .*, in the name of Ada Lovelace/)
  expect(state.text).toMatch(/Ada Lovelace agreed on .* that people are written to/)
})

it('a list of the clock can be taken back for a minute, and its people are not invited again', async () => {
  await bringIn(usher, 'fay@example.org', { startDate: '2026-01-01' })
  await runPass(usher, queue)
  const ada = usher.slack.as('UADA')
  const progress = await ada.waitForMessage(({ text }) => text.includes('will be invited'))
  await ada.click(progress, 'Undo')
  await ada.waitForMessage(({ ts, text }) => ts === progress.ts && text.includes('taken back'))
  await runPass(usher, queue)
  usher.clock.pass(61_000)
  await hurryJobs(usher)
  await waitForQuiet(usher)
  expect(mailsTo(usher, 'fay@example.org')).toBe(0)
  expect((await invitedByClock(usher)).filter((email) => email === 'fay@example.org')).toHaveLength(1)
})

it('changed, goes by the new conditions, in the name of whoever changed it; somebody else’s older window changes nothing', async () => {
  const older = await previewRule(usher, {}, 'UMAX')
  await switchOn(usher, { Groups: ['Care (import)'], Role: 'Team Lead' })
  expect((await older.submit()).pushed?.text).toContain('somebody else changed the automatic invitations')
  await older.close({ all: true }).catch(() => {})
  await runPass(usher, queue)
  expect(await invitedByClock(usher)).toContain('eve@example.org')
  const invitation = await usher.app.db.prisma.invitation.findFirstOrThrow({ where: { email: 'eve@example.org' } })
  expect(invitation.role).toBe('team_lead')
})

it('switched off, invites nobody from that moment on', async () => {
  const state = await openAuto(usher)
  await state.click('Switch off')
  await until(async () => expect(state.text).toContain('Off'))
  await bringIn(usher, 'gus@example.org', { startDate: '2026-01-01', groups: ['Care'] })
  await runPass(usher, queue)
  expect(await invitedByClock(usher)).not.toContain('gus@example.org')
})

it('14: nobody but Corporate Admins sees it, changes it or says yes, forged or not', async () => {
  const pat = usher.slack.as('UPAT')
  await pat.openHome()
  await pat.waitForHome()
  await pat.command('/invites auto')
  await pat.waitForMessage('Only Corporate Admins can do this')
  await switchOn(usher)
  const before = await usher.app.db.prisma.autoRule.findFirstOrThrow({ where: { status: 'on' } })
  const preview = await previewRule(usher)
  await preview.submit()
  const rule = await usher.app.db.prisma.autoRule.findFirstOrThrow({ where: { status: 'on' } })
  for (const metadata of [before.id, rule.id]) {
    const answer = await forge(
      usher,
      'view_submission',
      ({ view, user }) => {
        view.private_metadata = metadata
        user.id = 'UPAT'
      },
      { later: metadata === rule.id ? 2 : 3 },
    )
    expect(answer.body).toContain('Only Corporate Admins')
  }
  const state = await openAuto(usher)
  await state.click('Switch off')
  await until(async () => expect(state.text).toContain('Off'))
  await usher.app.db.prisma.autoRule.updateMany({ where: { id: rule.id }, data: { status: 'on' } })
  const asPat = (payload: { user: { id: string } }) => {
    payload.user.id = 'UPAT'
  }
  const heard = pat.dm().at(-1)?.ts ?? ''
  await forge(usher, 'block_actions', asPat, { later: 4 })
  await pat.waitForMessage('Only Corporate Admins can do this', { after: heard })
  expect(await usher.app.db.prisma.autoRule.findUniqueOrThrow({ where: { id: rule.id } })).toMatchObject({
    status: 'on',
  })
})
