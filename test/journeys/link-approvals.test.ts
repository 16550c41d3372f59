// "A manager confirms each one", a burst that pauses a link, and what a forged form gets.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { MINUTE, startUsher, type Usher } from '../setup/usher.ts'
import {
  errorsIn,
  forge,
  freshTrigger,
  invitationOf,
  mailTo,
  makeMember,
  queryRows,
  setValue,
  until,
  waitForQuiet,
} from './acts.ts'
import { expectDeadLink, give, giveAndSettle, openLink, openLinks, startLink } from './link-acts.ts'

let usher: Usher
let address: string

beforeAll(async () => {
  usher = await startUsher({ webLimits: { open: 100_000, send: 100_000, ask: 100_000 } })
  const ada = usher.slack.as('UADA')
  await ada.openHome()
  await ada.waitForHome()
  // Lena administers the main hub: she looks after its links, and decides on requests for it.
  await makeMember(usher, 'ULENA', { 'User type': 'Hub Admin' })
  ;({ address } = await startLink(usher, { by: 'ULENA', fields: { Confirmation: true } }))
})
afterAll(async () => {
  expect(usher.slack.complaints).toEqual([])
  expect(usher.log.filter(({ level }) => level === 'error')).toEqual([])
  await usher.stop()
})

it('asks a manager, who is not the owner of the link, and says that it came by the link', async () => {
  expect(await giveAndSettle(usher, address, 'ana@example.org')).toBe('awaiting_approval')
  const ada = usher.slack.as('UADA')
  const question = await ada.waitForMessage('ana@example.org asks to join')
  expect(question.text).toContain('by the registration link of')
  expect(usher.mailbox.messages.filter(({ to }) => to.includes('ana@example.org'))).toEqual([])
  await expect(giveAndSettle(usher, address, 'ana@example.org')).resolves.toBe('already_invited')

  const lena = usher.slack.as('ULENA')
  await lena.command('/invites approvals')
  const mine = await lena.waitForView((view) => view.title === 'Approvals')
  expect(mine.text).toContain('Nothing waits for your decision.')

  await ada.command('/invites approvals')
  const list = await ada.waitForView('approvals_form')
  await list.click('Review')
  const review = await ada.waitForView('review_form')
  await review.fill({ Decision: 'Approve' })
  expect(await review.submit()).toEqual({ closed: true })
  const mail = await mailTo(usher, 'ana@example.org')
  expect(mail.text).toContain('You asked to register')
  await lena.waitForMessage('approved a request by your registration link')
})

it('refuses whoever has no rights over the hub, by the command and by a forged form', async () => {
  const pat = usher.slack.as('UPAT')
  const list = await openLinks(pat)
  expect(list.text).toContain('There is no hub into which you may invite people by a link.')

  const lena = usher.slack.as('ULENA')
  const view = await openLink(usher, 'ULENA')
  await view.click('Set up')
  const form = await lena.waitForView('link_form')
  await form.submit()
  const trigger = await freshTrigger(usher, 'UPAT')
  const before = await queryRows(usher, `SELECT l::text AS row FROM "RegistrationLink" l`)
  const asPat = await forge(
    usher,
    'view_submission',
    (payload) => {
      payload.user.id = 'UPAT'
      payload.trigger_id = trigger
    },
    { later: 1 },
  )
  expect(Object.values(errorsIn(asPat)).join()).toContain('You may not give this')
  // A Hub Admin gives Employee and Team Lead, whatever the form is made to send.
  const above = await forge(usher, 'view_submission', (payload) => setValue(payload, 'role', 'hr_admin'), { later: 2 })
  expect(Object.values(errorsIn(above)).join()).toContain('You may not give this')
  const corporate = await forge(usher, 'view_submission', (payload) => setValue(payload, 'role', 'corporate_admin'), {
    later: 3,
  })
  expect(errorsIn(corporate)).toHaveProperty('role')
  expect(await queryRows(usher, `SELECT l::text AS row FROM "RegistrationLink" l`)).toEqual(before)
})

it('refuses the buttons of others: nobody turns a link off, on or renews it without rights', async () => {
  const view = await openLink(usher, 'ULENA')
  await view.click('Renew')
  await until(async () => expect((await usher.visit(address)).status).toBe(404))
  const { id, generation } = await usher.app.db.prisma.registrationLink.findFirstOrThrow()
  for (const [index, action] of ['link_turn_off', 'link_turn_on', 'link_renew', 'link_end', 'link_qr'].entries()) {
    const trigger = await freshTrigger(usher, 'UPAT')
    await forge(
      usher,
      'block_actions',
      (payload) => {
        payload.user.id = 'UPAT'
        payload.trigger_id = trigger
        for (const pressed of payload.actions) {
          Object.assign(pressed, { action_id: action, value: action === 'link_renew' ? `${id}:${generation}` : id })
        }
      },
      { later: index + 1 },
    )
  }
  await waitForQuiet(usher)
  const link = await usher.app.db.prisma.registrationLink.findFirstOrThrow()
  expect(link).toMatchObject({ isOn: true, generation })
})

it('a burst pauses the link and tells its owner, who turns it on again', async () => {
  const open = async () => {
    const view = await openLink(usher, 'ULENA')
    const [found = ''] = view.text.match(/https:\S+?(?=`|\s|$)/) ?? []
    return found
  }
  address = await open()
  usher.clock.pass(2 * MINUTE)
  const answers = await Promise.all(
    Array.from({ length: 30 }, (_, index) => give(usher, address, `burst${index}@example.org`)),
  )
  // The twenty-first pauses it; all who came before, and it, are answered alike.
  expect(answers.filter(({ status }) => status === 303)).toHaveLength(21)
  expect(answers.filter(({ status }) => status === 404)).toHaveLength(9)
  await expectDeadLink(usher, address)
  const lena = usher.slack.as('ULENA')
  const told = await lena.waitForMessage('was paused: more than 20 people asked for it within one minute')
  const pauses = `SELECT count(*)::int AS paused FROM "AuditEvent" WHERE "act" = 'link.paused'`
  expect(await queryRows(usher, pauses)).toEqual([{ paused: 1 }])
  usher.clock.pass(2 * MINUTE)
  await lena.click(told, 'Turn on again')
  await until(async () => expect((await usher.visit(address)).status).toBe(200))
  expect((await give(usher, address, 'after@example.org')).status).toBe(303)
  await until(async () => expect((await invitationOf(usher, 'after@example.org')).status).toBe('awaiting_approval'))
})
