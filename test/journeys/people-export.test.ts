// `/invites export`: a file in one's own messages, within reach, that a spreadsheet reads and runs nothing of.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readPeopleFile } from '../../src/people/index.ts'
import type { Member } from '../../src/sandbox/slack/local-slack.ts'
import { startUsher, type Usher } from '../setup/usher.ts'
import { inviteAndGetLink, makeMember, queryRows, signUp } from './acts.ts'

let usher: Usher
beforeAll(async () => {
  usher = await startUsher({ webLimits: { open: 10_000, send: 10_000 } })
})
afterAll(async () => {
  expect(usher.slack.complaints).toEqual([])
  await usher.stop()
})

async function exported(member: Member, what: string): Promise<{ name: string; text: string }> {
  const after = member.dm().at(-1)?.ts ?? ''
  await member.command(`/invites export ${what}`)
  const message = await member.waitForMessage(({ files = [], ts }) => files.length > 0 && ts > after)
  const [file] = message.files ?? []
  const url = String(file?.url_private)
  const response = await fetch(url, { headers: { authorization: `Bearer ${usher.slack.botToken}` } })
  return { name: String(file?.name), text: await response.text() }
}

const FORMULAS = [
  '=1+1',
  '+1',
  '-2+3',
  '@SUM(A1)',
  '\t=1',
  ' =HYPERLINK("http://evil")',
  '"=1"',
  '＝1',
  "'=1",
  'Ana, "Bo"',
]

describe('the people', () => {
  it('come as a CSV file that reads back as they are, with nothing in it that a spreadsheet would run', async () => {
    for (const [index, firstName] of FORMULAS.entries()) {
      await queryRows(
        usher,
        `INSERT INTO "Person" ("id", "organisationId", "email", "emailKey", "firstName", "lastName", "employeeType", "createdAt")
         SELECT gen_random_uuid(), "id", $1, $1, $2, 'Formula', 'contractor', now() FROM "Organisation"`,
        [`formula${index}@example.org`, firstName],
      )
    }
    const { name, text } = await exported(usher.slack.as('UADA'), 'people')
    expect(name).toMatch(/^people-\d{4}-\d\d-\d\d\.csv$/)
    for (const line of text.split('\r\n')) {
      for (const cell of line.split(',')) expect(cell).not.toMatch(/^["\s]*[=+\-@＝]/)
    }
    const back = new Map<string, string>()
    for await (const { rows } of readPeopleFile(chunksOf(text))) {
      for (const { row, problem } of rows) {
        if (row.lastName !== 'Formula') continue
        expect([problem, row.employeeType, row.active]).toEqual([undefined, 'contractor', true])
        back.set(row.address?.written ?? '', row.firstName)
      }
    }
    const clean = (value: string) => value.replaceAll(/\s+/g, ' ').trim()
    expect([...back.values()].sort()).toEqual(FORMULAS.map(clean).sort())
  })

  it('say where each stands, and in which hubs', async () => {
    const link = await inviteAndGetLink(usher, 'joined@example.org')
    await signUp(usher, link, { firstName: 'Jo', lastName: 'Ined' })
    const { text } = await exported(usher.slack.as('UADA'), 'people')
    expect(text).toMatch(/^\uFEFF?email,first name,last name,mobile,/)
    expect(text).toMatch(/^joined@example\.org,Jo,Ined,.*,yes,Main hub,Invited,Active\r$/m)
  })
})

describe('the invitations', () => {
  it('come as a CSV file with their status and times', async () => {
    const { name, text } = await exported(usher.slack.as('UADA'), 'invitations')
    expect(name).toMatch(/^invitations-/)
    const time = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d`
    const row = new RegExp(
      `^joined@example\\.org,Jo,Ined,Main hub,Team Member,Employee,"","",Accepted,Ada Lovelace,${time},${time},,(${time})?,(${time})?,${time},`,
      'm',
    )
    expect(text.replaceAll('"', '')).toMatch(new RegExp(row.source.replaceAll('"', ''), 'm'))
  })
})

describe('rights', () => {
  it('39: a Team Member gets the invitations that they sent, and nobody as a person', async () => {
    const sam = await makeMember(usher, 'USAM', { Hub: 'Main hub', 'User type': 'Team Member' })
    await inviteAndGetLink(usher, 'by-sam@example.org', { by: 'USAM', fields: { 'User type': 'External Member' } })
    const people = await exported(sam, 'people')
    expect(people.text.trimEnd().split('\r\n')).toHaveLength(1)
    const invitations = await exported(sam, 'invitations')
    expect(invitations.text.trimEnd().split('\r\n')).toHaveLength(2)
  })

  it('whoever may invite nobody gets nothing', async () => {
    await usher.slack.as('UPAT').command('/invites export people')
    await usher.slack.as('UPAT').waitForView((view) => view.text.includes('You cannot invite people yet'))
    expect(usher.slack.as('UPAT').dm()).toEqual([])
  })

  it('anything else is answered with what can be asked for', async () => {
    await usher.slack.as('UADA').command('/invites export everything')
    await usher.slack.as('UADA').waitForMessage('/invites export people', { channel: 'general' })
  })
})

async function* chunksOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}
