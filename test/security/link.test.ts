// What is tried with a link (SECURITY, 1, 2, 5, 6, 10), through the real doors.
import { hkdfSync, randomUUID } from 'node:crypto'
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeJoinToken } from '../../src/invitations/join-token.ts'
import {
  expectDead as expectDeadOf,
  forge,
  invitationOf,
  invite,
  inviteAndGetLink,
  mailTo,
  queryRows,
  setValue,
  signUp,
  signUpFields,
  until,
  waitForQuiet,
  waitForStatus,
} from '../journeys/acts.ts'
import { formBody, linkIn, PUBLIC_URL, startUsher, type Usher } from '../setup/usher.ts'

let usher: Usher
beforeAll(async () => {
  usher = await startUsher({ webLimits: { open: 100_000, send: 100_000 } })
})
afterAll(async () => {
  expect(usher.slack.complaints).toEqual([])
  expect(usher.log.filter(({ level }) => level === 'error')).toEqual([])
  await usher.stop()
})

const tokenOf = (link: string) => link.slice(`${PUBLIC_URL}/join/`.length)
const linkOf = (token: string) => `${PUBLIC_URL}/join/${token}`
const expectDead = (link: string) => expectDeadOf(usher, link)

/** The key of another purpose or of another installation, as src/keys.ts derives it. */
function keyOf(purpose: string, secret = String(usher.env.USHER_SECRET)): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `usher/${purpose}`, 32))
}

/** Every row of every table, as text; but for the statistic of who opened their page, which nothing is decided by. */
async function everyRow(): Promise<Record<string, unknown[]>> {
  const tables = await queryRows(usher, TABLES)
  const rows: Record<string, unknown[]> = {}
  for (const { tablename } of tables) {
    rows[String(tablename)] = await queryRows(usher, `SELECT t::text AS row FROM "${tablename}" t ORDER BY 1`)
  }
  return rows
}

const TABLES = `SELECT tablename FROM pg_tables
  WHERE schemaname = 'public' AND tablename <> 'InvitationOpening' ORDER BY 1`

describe('SECURITY 1: a token that is not exactly the one', () => {
  let link: string
  let claim: { organisationId: string; invitationId: string; generation: number }
  beforeAll(async () => {
    await invite(usher, 'one@example.org')
    link = linkIn(await mailTo(usher, 'one@example.org'))
    await waitForStatus(usher, 'one@example.org', 'pending')
    const { id, organisationId, generation } = await invitationOf(usher, 'one@example.org')
    claim = { organisationId, invitationId: id, generation }
  })
  afterAll(async () => {
    // After all that was tried, the real one still works.
    expect((await usher.visit(link)).status).toBe(200)
    expect(await usher.app.db.prisma.account.count()).toBe(0)
  })

  it('is dead with any one character changed', async () => {
    const token = tokenOf(link)
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const changed = Array.from(token, (letter, index) => {
      const other = letters[(letters.indexOf(letter) + 1) % 64]
      return `${token.slice(0, index)}${other}${token.slice(index + 1)}`
    })
    for (const altered of changed) expect((await usher.visit(linkOf(altered))).status, altered).toBe(404)
    await expectDead(linkOf(changed[63] ?? ''))
    await expectDead(linkOf(changed[20] ?? ''))
  })

  it('is dead when it is cut, grown, doubled, or in another case', async () => {
    const token = tokenOf(link)
    const others = [token.slice(0, 63), token.slice(1), token.slice(0, 32), `${token}A`, `${token}==`, token + token]
    others.push(
      token.toUpperCase(),
      token.toLowerCase(),
      `${token}%00`,
      `%20${token}`,
      encodeURIComponent(`${token}\n`),
    )
    for (const other of others) await expectDead(linkOf(other))
  })

  it.each(['register', 'reset', 'confirm-email', 'session', 'Join', ''])(
    'is dead when it was made for the purpose “%s”',
    async (purpose) => {
      expect(makeJoinToken(keyOf('join'), claim)).toBe(tokenOf(link))
      await expectDead(linkOf(makeJoinToken(keyOf(purpose), claim)))
    },
  )

  it('is dead when another installation made it, or it is for another organisation, invitation or generation', async () => {
    const others = [
      makeJoinToken(keyOf('join', 'another secret of another installation'), claim),
      makeJoinToken(keyOf('join'), { ...claim, organisationId: randomUUID() }),
      makeJoinToken(keyOf('join'), { ...claim, invitationId: randomUUID() }),
      makeJoinToken(keyOf('join'), { ...claim, generation: 0 }),
      makeJoinToken(keyOf('join'), { ...claim, generation: 2 }),
    ]
    for (const other of others) await expectDead(linkOf(other))
  })
})

describe('SECURITY 2: an invitation’s id without its secret', () => {
  it('opens nothing, however it is written', async () => {
    await inviteAndGetLink(usher, 'two@example.org')
    const { id } = await invitationOf(usher, 'two@example.org')
    const bytes = Buffer.from(id.replaceAll('-', ''), 'hex')
    const nothing = Buffer.alloc(32)
    for (const token of [
      id,
      id.replaceAll('-', ''),
      bytes.toString('base64url'),
      Buffer.concat([bytes, nothing]).toString('base64url'),
      Buffer.concat([bytes, Buffer.alloc(32, 255)]).toString('base64url'),
    ]) {
      await expectDead(linkOf(token))
    }
    expect((await usher.visit(`${PUBLIC_URL}/join?id=${id}`)).status).toBe(404)
  })
})

describe('SECURITY 5: looking', () => {
  it('fifty times by GET, HEAD and prefetch changes not one row; the link then works', async () => {
    const link = await inviteAndGetLink(usher, 'five@example.org')
    await waitForQuiet(usher)
    // Dead links are written into the audit log beside the answer, one event a minute for one client: it is there first.
    await expectDead(linkOf('nothing'))
    const probes = `SELECT 1 FROM "AuditEvent" WHERE "act" = 'link.probed'`
    await until(async () => expect(await queryRows(usher, probes)).not.toHaveLength(0))
    const before = await everyRow()
    const looks = Array.from({ length: 50 }, (_, index) =>
      usher.visit(link, {
        method: index % 2 ? 'HEAD' : 'GET',
        headers: index % 3 ? { 'sec-purpose': 'prefetch;prerender', purpose: 'prefetch' } : {},
      }),
    )
    expect(new Set((await Promise.all(looks)).map(({ status }) => status))).toEqual(new Set([200]))
    // The statistic is written once a second: fifty openings are one.
    const { id } = await invitationOf(usher, 'five@example.org')
    const openings = 'SELECT count(*)::int AS openings FROM "InvitationOpening" WHERE "invitationId" = $1'
    await until(async () => expect(await queryRows(usher, openings, [id])).toEqual([{ openings: 1 }]))
    expect(await everyRow()).toEqual(before)
    // A scanner that posts the form it found has no password to type.
    const scanned = await usher.visit(link, formBody({ termsVersion: '1', termsAgreed: 'yes', language: 'en' }))
    expect(scanned.status).toBe(422)
    expect(await everyRow()).toEqual(before)
    expect((await signUp(usher, link)).status).toBe(303)
  })
})

describe('SECURITY 6: another field in the form’s body', () => {
  it('changes nobody’s address, role, hub or name of a row', async () => {
    const link = await inviteAndGetLink(usher, 'six@example.org')
    const { personId, organisationId, hubId, id } = await invitationOf(usher, 'six@example.org')
    const joined = await signUp(usher, link, {
      email: 'eve@evil.example',
      emailKey: 'eve@evil.example',
      role: 'corporate_admin',
      userType: 'hub_admin',
      hubId: randomUUID(),
      organisationId: randomUUID(),
      personId: randomUUID(),
      isWorkspaceAdmin: 'true',
      slackUserId: 'UADA',
      status: 'inactive',
      'form[role]': 'corporate_admin',
      ['__proto__']: 'corporate_admin',
    })
    expect(joined.status).toBe(303)
    const person = await usher.app.db.prisma.person.findUniqueOrThrow({
      where: { id: personId },
      include: { memberships: true, account: true },
    })
    expect(person).toMatchObject({ organisationId, email: 'six@example.org', role: 'employee', slackUserId: null })
    expect(person.isWorkspaceAdmin).toBe(false)
    expect(person.memberships).toMatchObject([{ hubId, userType: 'team_member' }])
    expect(person.account?.status).toBe('active')
    expect(await usher.app.db.prisma.person.count({ where: { emailKey: 'eve@evil.example' } })).toBe(0)
    expect((await invitationOf(usher, 'six@example.org')).id).toBe(id)
  })
})

describe('SECURITY 10: links are made from PUBLIC_URL alone', () => {
  const lies = {
    host: 'evil.example',
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'http',
    'x-forwarded-port': '666',
    'x-original-host': 'evil.example',
    forwarded: 'host=evil.example;proto=http',
  }

  it('whatever the request from Slack says of its host', async () => {
    await invite(usher, 'before@example.org')
    const change = (payload: Parameters<Parameters<typeof forge>[2]>[0]) => {
      payload.view.id = 'VHOST'
      setValue(payload, 'email', 'host@example.org')
    }
    expect(await forge(usher, 'view_submission', change, { headers: lies })).toMatchObject({ status: 200, body: '' })
    const mail = await mailTo(usher, 'host@example.org')
    expect(linkIn(mail).startsWith(`${PUBLIC_URL}/join/`)).toBe(true)
    expect(mail.raw).not.toContain('evil.example')
  })

  it('and no page or redirect of the sign-up leads elsewhere', async () => {
    const link = await inviteAndGetLink(usher, 'lies@example.org')
    const path = link.replace(PUBLIC_URL, '')
    const opened = await ask(`${path}?next=https://evil.example&redirect=//evil.example`, lies)
    expect(opened.status).toBe(200)
    expect(opened.body).not.toContain('evil.example')
    const fields = {
      ...signUpFields,
      next: 'https://evil.example',
      redirect: '//evil.example',
      return_to: 'evil.example',
    }
    const sent = await ask(path, lies, new URLSearchParams(fields).toString())
    expect(sent.status).toBe(303)
    expect(sent.location).toMatch(/^\/welcome(\?|$)/)
  })

  // node:http and not fetch, which sets Host by itself.
  function ask(path: string, headers: Record<string, string>, body?: string) {
    return new Promise<{ status: number; location: string; body: string }>((resolve, reject) => {
      const asked = request(
        new URL(path, usher.app.url),
        {
          method: body === undefined ? 'GET' : 'POST',
          headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
        },
        (response) => {
          let text = ''
          response.setEncoding('utf8')
          response.on('data', (part: string) => {
            text += part
          })
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, location: response.headers.location ?? '', body: text }),
          )
        },
      )
      asked.on('error', reject)
      asked.end(body)
    })
  }
})
