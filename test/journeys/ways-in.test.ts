// Every way to the form, the help, and who is turned away at the door.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { messageText } from '../../src/sandbox/slack/local-slack.ts'
import { FEATURES } from '../../src/slack/index.ts'
import { startUsher, type Usher } from '../setup/usher.ts'
import { answered, forge, invite, openInviteForm, sendSigned } from './acts.ts'

let usher: Usher
beforeAll(async () => {
  usher = await startUsher()
})
afterAll(async () => {
  expect(usher.slack.complaints).toEqual([])
  await usher.stop()
})

const REFUSED =
  'You cannot invite people yet. Ask an admin of this Slack workspace, or a Hub Admin, to invite them for you.'

/** Types something that is answered in words, and gives the words. */
async function ask(userId: string, line: string, channel = 'general'): Promise<string> {
  const member = usher.slack.as(userId)
  const after = member.messages(channel).at(-1)?.ts ?? ''
  await member.command(line, { channel })
  const answer = await member.waitForMessage(({ visibleTo }) => visibleTo === userId, { channel, after })
  return messageText(answer)
}

/** Slack's events are answered before they are worked on. */
async function isWritten(person: { slackUserId: string; isActive?: boolean; isWorkspaceAdmin?: boolean }) {
  await expect.poll(() => usher.app.db.prisma.person.count({ where: person })).toBe(1)
}

describe('the form', () => {
  it('opens by /invites alone, empty, with nothing chosen but the default hub', async () => {
    const ada = usher.slack.as('UADA')
    const form = await openInviteForm(ada)
    expect(form.title).toBe('Invite someone')
    expect(form.values.email?.email?.value).toBeNull()
    expect(form.values.hubId?.hubId?.selected_option?.text.text).toBe('Main hub')
    expect(form.values.userType?.userType?.selected_option).toBeNull()
    expect(form.values.role?.role?.selected_option).toBeNull()
    expect(form.text).not.toContain('Corporate Admin')
  })

  it.each([
    ['ana@example.org', 'ana@example.org'],
    ['<mailto:ana@example.org|ana@example.org>', 'ana@example.org'],
    ['Ana Diaz <ana@example.org>', 'Ana Diaz <ana@example.org>'],
  ])('opens by /invites %s with the address filled in', async (typed, filled) => {
    const form = await openInviteForm(usher.slack.as('UADA'), typed)
    expect(form.values.email?.email?.value).toBe(filled)
  })

  it('opens by the global shortcut, and then answers by direct message', async () => {
    const ada = usher.slack.as('UADA')
    const before = ada.view()?.id
    await ada.shortcut('invite_someone')
    const form = await ada.waitForView((view) => view.callbackId === 'invite_form' && view.id !== before)
    await form.fill({ 'E-mail': 'shortcut@example.org', 'User type': 'External Member', Role: 'Employee' })
    expect(await form.submit()).toEqual({ closed: true })
    await ada.waitForMessage('shortcut@example.org is being invited into Main hub', { channel: 'DADA' })
  })

  it('opens from the Home tab, like the status and, for Corporate Admins, the settings', async () => {
    const ada = usher.slack.as('UADA')
    await ada.openHome()
    const home = await ada.waitForHome((tab) => tab.text.includes('Invite someone'))
    for (const [press, opens] of [
      ['Invite someone', 'invite_form'],
      ['Status', 'Invitations'],
      ['Settings', 'settings_menu'],
    ] as const) {
      await home.click(press)
      await ada.waitForView(opens)
    }
    await ada.view()?.close()
  })

  it('and everything else that a command opens has its button on the Home tab, too', async () => {
    const ada = usher.slack.as('UADA')
    await ada.openHome()
    const buttons = JSON.stringify((await ada.waitForHome()).blocks)
    for (const { name, command, actions } of FEATURES) {
      // “why” is about one person: its button is on their card.
      if (!command || name === 'help' || name === 'why') continue
      const opened = Object.keys(actions ?? {}).filter((id) => buttons.includes(`"action_id":"${id}"`))
      expect(opened.length, name).toBeGreaterThan(0)
    }
  })

  it('opens from the confirmation for the next one, and leads from there to the status', async () => {
    const ada = usher.slack.as('UADA')
    expect(await invite(usher, 'again@example.org')).toEqual({ closed: true })
    const confirmation = await ada.waitForMessage('again@example.org is being invited', { channel: 'general' })
    expect(confirmation.visibleTo).toBe('UADA')
    await ada.click(confirmation, 'Invite someone else')
    await ada.waitForView('invite_form')
    await ada.click(confirmation, 'See status')
    const story = await ada.waitForView('Invitation')
    expect(story.text).toContain('again@example.org')
    await story.close()
  })

  it('answers by direct message where the app is not in the channel', async () => {
    const ada = usher.slack.as('UADA')
    const form = await openInviteForm(ada, 'elsewhere@example.org', 'random')
    await form.fill({ 'User type': 'Team Member', Role: 'Employee' })
    expect(await form.submit()).toEqual({ closed: true })
    await ada.waitForMessage('elsewhere@example.org is being invited', { channel: 'DADA' })
  })
})

describe('the help', () => {
  it.each(['general', 'DADA'])('is shown for help and for what is not known, in %s', async (channel) => {
    const help = await ask('UADA', '/invites help', channel)
    for (const word of ['/invites [address]', '/invites status', '/invites settings', '/invites help']) {
      expect(help).toContain(word)
    }
    const unknown = await ask('UADA', '/invites dance <!channel> & *all* night', channel)
    expect(unknown).toContain('is not something I know')
    expect(unknown).not.toContain('<!channel>')
    expect(unknown).toContain('/invites status')
  })

  it('explains itself to whoever may invite nobody, too', async () => {
    expect(await ask('UGUS', '/invites help')).toContain('/invites status')
  })
})

describe('whoever may invite nobody', () => {
  it('a plain member gets the same form, which says that somebody else decides', async () => {
    const pat = usher.slack.as('UPAT')
    const first = await openInviteForm(pat, 'ana@example.org')
    expect(first.title).toBe('Ask for an invitation')
    expect(first.submitText).toBe('Send request')
    expect(first.text).toContain('Somebody who may invite decides on your request')
    await first.close()
    expect(await ask('UPAT', '/invites settings')).toContain('Only Corporate Admins can do this')
    expect(pat.view()).toBeUndefined()
  })

  it('sees in the status what they asked for, and nothing else', async () => {
    const pat = usher.slack.as('UPAT')
    expect(await invite(usher, 'not-pats@example.org')).toEqual({ closed: true })
    expect(await invite(usher, 'asked@example.org', {}, 'UPAT')).toEqual({ closed: true })
    await pat.command('/invites status')
    const overview = await pat.waitForView('Invitations')
    expect(overview.text).toContain('asked@example.org')
    expect(overview.text).not.toContain('not-pats@example.org')
    await overview.close()
    expect(await ask('UPAT', '/invites status not-pats@example.org')).toContain('There is no such invitation')
    await pat.command('/invites status asked@example.org')
    const story = await pat.waitForView('Invitation')
    expect(story.text).toContain('Awaiting approval')
    expect(story.text).toContain('Somebody who may invite has to decide on it first.')
    expect(JSON.stringify(story.blocks)).not.toContain('"button"')
    await story.close()
  })

  it('so is a guest of the workspace, even one whom Slack calls an admin', async () => {
    await usher.slack.setUser('UGUS', { is_admin: true })
    const form = await openInviteForm(usher.slack.as('UGUS'), 'friend@example.org')
    expect(form.submitText).toBe('Send request')
    await form.close()
    expect(await ask('UGUS', '/invites settings')).toContain('Only Corporate Admins can do this')
  })

  it('their Home tab and shortcut lead to the same', async () => {
    const pat = usher.slack.as('UPAT')
    await pat.openHome()
    const home = await pat.waitForHome()
    expect(home.text).toContain('You can ask for people to be invited')
    expect(home.text).not.toContain('Invite someone')
    await home.click('My requests')
    await (await pat.waitForView('Invitations')).close()
    await pat.shortcut('invite_someone')
    await (await pat.waitForView((view) => view.submitText === 'Send request')).close()
  })

  it('an admin who left loses the right in that moment, also for a form that is open', async () => {
    await usher.slack.setUser('ULEFT', {
      real_name: 'Lea Left',
      email: 'lea@northwind.example',
      is_admin: true,
      tz: 'UTC',
    })
    const lea = usher.slack.as('ULEFT')
    const form = await openInviteForm(lea, 'late@example.org', 'DLEFT')
    await form.fill({ 'User type': 'Team Member', Role: 'Employee' })
    await usher.slack.setUser('ULEFT', { deleted: true })
    await isWritten({ slackUserId: 'ULEFT', isActive: false })
    expect((await form.submit()).errors?.email).toBe(REFUSED)
    expect(await usher.app.db.prisma.person.count({ where: { emailKey: 'late@example.org' } })).toBe(0)
    expect(await ask('ULEFT', '/invites', 'DLEFT')).toBe(REFUSED)
  })

  it('an admin who is one no longer cannot save the settings that they have open', async () => {
    await usher.slack.setUser('UTOM', { real_name: 'Tom Temp', email: 'tom@northwind.example', is_admin: true })
    const tom = usher.slack.as('UTOM')
    await tom.command('/invites settings', { channel: 'DTOM' })
    const menu = await tom.waitForView('settings_menu')
    await menu.click('Change', { value: 'messages' })
    const form = await tom.waitForView('settings_form')
    await usher.slack.setUser('UTOM', { is_admin: false })
    await isWritten({ slackUserId: 'UTOM', isWorkspaceAdmin: false })
    await form.fill({ 'Name shown to invitees': 'Tom and sons' })
    expect(Object.values((await form.submit()).errors ?? {})).toEqual([
      'Only Corporate Admins can do this. Ask an owner or admin of this Slack workspace.',
    ])
    expect(await usher.app.db.prisma.organisation.count({ where: { displayName: 'Tom and sons' } })).toBe(0)
  })
})

describe('another Slack workspace', () => {
  it('is told that this installation is not theirs, and nothing of it is written', async () => {
    const ada = usher.slack.as('UADA')
    await ada.command('/invites help')
    const help = usher.slack.sent.findLast(({ kind }) => kind === 'command')
    const body = new URLSearchParams(help?.body ?? '')
    body.set('text', 'spy@example.org')
    body.set('team_id', 'T0ELSEWHERE')
    const answer = answered(await sendSigned(usher, body.toString()))
    expect(answer.status).toBe(200)
    await ada.waitForView((view) => view.text.includes('This installation serves another Slack workspace'))
    expect(await usher.app.db.prisma.organisation.count()).toBe(1)
  })

  it('cannot send a form either', async () => {
    expect(await invite(usher, 'first@example.org')).toEqual({ closed: true })
    const answer = await forge(usher, 'view_submission', (payload) => {
      payload.team.id = 'T0ELSEWHERE'
      payload.view.id = 'VANOTHER'
    })
    expect(answer.body).toContain('This installation serves another Slack workspace')
    expect(await usher.app.db.prisma.invitation.count({ where: { email: 'first@example.org' } })).toBe(1)
  })
})
