// `/invites why @person`: plain words for what holds and what is missing, for those who may see the person.
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Queue } from '../../src/jobs/index.ts'
import { changeSettings, makeMember, openQueueOf, until } from '../journeys/acts.ts'
import { startUsher, type Usher } from '../setup/usher.ts'
import { bringIn, putInto, runPass, switchOn } from './auto-acts.ts'

let usher: Usher
let queue: Queue

beforeAll(async () => {
  usher = await startUsher()
  queue = await openQueueOf(usher)
  usher.clock.now = new Date('2031-11-26T09:00:00Z')
  for (const id of ['UADA', 'UPAT', 'ULENA']) {
    await usher.slack.as(id).openHome()
    await usher.slack.as(id).waitForHome()
  }
  expect(await changeSettings(usher, { 'Time zone': 'Europe/Rome' })).toEqual({ closed: true })
  await putInto(usher, 'Sales')
})
afterAll(async () => {
  expect(usher.slack.complaints).toEqual([])
  await queue.close()
  await usher.stop()
})

/** What the app answers to one person alone. */
async function ask(whom: string, by = 'UADA'): Promise<string> {
  const member = usher.slack.as(by)
  const before = member.ephemerals().at(-1)?.ts ?? ''
  await member.command(`/invites why ${whom}`.trim())
  const answer = await member.waitForMessage(({ visibleTo }) => visibleTo === by, { after: before })
  return answer.text
}

it('before anything is set up, says so', async () => {
  await bringIn(usher, 'ana@example.org', { name: 'Ana', startDate: '2031-12-03' })
  const words = await ask('ana@example.org')
  expect(words).toContain('Waits: start date 3 December, Europe/Rome.')
  expect(words).toContain('Is not invited automatically, because the automatic invitations were never set up.')
  expect(words).not.toContain('In group')
})

it('for somebody who only has to wait, says until when', async () => {
  await switchOn(usher)
  const words = await ask('ana@example.org')
  expect(words.split('\n')).toEqual([
    'Ana',
    'Active: yes.',
    'Invited before: no.',
    'Categorised: Employee.',
    'In group Sales: yes.',
    'Waits: start date 3 December, Europe/Rome.',
    'E-mail address: ana@example.org.',
    'Will be invited at 00:00 on 3 December, in Europe/Rome, at the latest 15 minutes later.',
  ])
})

it('names everything that is missing at once', async () => {
  await bringIn(usher, 'bo@example.org', { name: 'Bo', employeeType: null, groups: [], startDate: '2032-01-07' })
  const words = await ask('bo@example.org')
  expect(words).toContain(
    'Categorised: no. Say whether they are Employee or Contractor: type /invites people uncategorised.',
  )
  expect(words).toContain('In group Sales: no.')
  expect(words).toContain('Waits: start date 7 January 2032, Europe/Rome.')
  expect(words).toContain(
    'Is not invited automatically, because they are not categorised, and in none of the groups, and without a start date that has come.',
  )
})

it('says that people without a start date are not invited, where the rule says so', async () => {
  await bringIn(usher, 'cy@example.org', { name: 'Cy' })
  expect(await ask('cy@example.org')).toContain('Start date: none, and people without one are not invited.')
})

it('of somebody who is due, says that they will be invited; and afterwards by what and where that stands', async () => {
  await bringIn(usher, 'dee@example.org', { name: 'Dee', startDate: '2031-11-26' })
  expect(await ask('dee@example.org')).toContain('Will be invited within 15 minutes.')
  await runPass(usher, queue)
  const words = await ask('dee@example.org')
  expect(words).toContain('Invited before: yes, into Main hub by the automatic invitations: Waiting.')
  expect(words).toContain('Was invited already: nobody is invited twice.')
  expect(words).not.toContain('Will be invited')
})

it('finds a person however they are named: @handle, name in Slack, <@U…>, mailto', async () => {
  for (const typed of ['@lena', '@Lena Fischer', 'Lena Fischer', 'lena fischer', '<@ULENA|lena>', '<@ULENA>']) {
    expect(await ask(typed), typed).toMatch(/^Lena Fischer\n/)
  }
  expect(await ask('<mailto:ana@example.org|ana@example.org>')).toMatch(/^Ana\n/)
})

it('a handle that stands in no name is looked up in Slack', async () => {
  await usher.slack.setUser('ULENA', { name: 'lf77' })
  expect(await ask('@lf77')).toMatch(/^Lena Fischer\n/)
  const words = await ask('@nobody77')
  expect(words).toContain('Among the people you can see nobody has this name or address.')
  expect(words).toContain('or look for them by /invites people.')
})

it('where several are called that, says which and asks for the address', async () => {
  await bringIn(usher, 'sam.one@example.org', { name: 'Samira' })
  await bringIn(usher, 'sam.two@example.org', { name: 'Samira' })
  const words = await ask('Samira')
  expect(words).toContain('Several people are called that')
  expect(words).toContain('Samira (sam.one@example.org)')
  expect(words).toContain('Say which by the e-mail address.')
})

it('without a name explains itself', async () => {
  expect(await ask('')).toContain('/invites why @person')
})

it('answers only about people whom somebody may see: the same words for the unknown and for the others', async () => {
  const unknown = 'Among the people you can see nobody has this name or address.'
  expect(await ask('ana@example.org', 'UPAT')).toContain('You cannot invite people yet.')
  await makeMember(usher, 'UPAT', { 'User type': 'Team Member', Role: 'Employee' })
  const pat = await usher.app.db.prisma.person.findFirstOrThrow({ where: { slackUserId: 'UPAT' } })
  expect(pat.isActive).toBe(true)
  const [ofOther, ofNobody] = [await ask('ana@example.org', 'UPAT'), await ask('nobody@example.org', 'UPAT')]
  expect(ofOther).toContain(unknown)
  expect(ofNobody).toBe(ofOther)
  expect(await ask('Ana', 'UPAT')).toBe(ofOther)
  await until(async () => expect(await ask('ana@example.org')).toMatch(/^Ana\n/))
})

it('19: names with markup in them are shown as text', async () => {
  await bringIn(usher, 'eve@example.org', { name: '<!channel> *bold* <https://evil.example|bank>' })
  const words = await ask('eve@example.org')
  expect(words).toContain('&lt;!channel&gt;')
  expect(words).not.toContain('<!channel>')
  expect(words).not.toContain('<https://evil')
})
