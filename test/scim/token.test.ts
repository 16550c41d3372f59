// The token of a directory: made, shown once, renewed, taken away in the settings; and everybody who has none.
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newId } from '../../src/database/index.ts'
import { makeScimToken } from '../../src/people/index.ts'
import { openSettingsMenu } from '../journeys/acts.ts'
import { MINUTE, startUsher, type Usher } from '../setup/usher.ts'
import { type Body, type Directory, directoryOf, ERROR, entraUser, filtered, GROUP, makeToken } from './directory.ts'

let usher: Usher
beforeAll(async () => {
  usher = await startUsher()
})
afterAll(async () => {
  expect(usher.slack.complaints).toEqual([])
  await usher.stop()
})

const works = async (token: string) => (await directoryOf(usher.app.url, token).get('/Users?count=0')).status === 200
const openScim = async () => {
  const menu = await openSettingsMenu(usher)
  await menu.click('SCIM')
  return usher.slack.as('UADA').waitForView('scim')
}

describe('the token', () => {
  let first: string

  it('is made by a Corporate Admin, who sees the address and the token, this one time', async () => {
    const before = await openScim()
    expect(before.text).toContain('There is no token')
    await before.click('Make a token')
    const shown = await usher.slack.as('UADA').waitForView((view) => view.text.includes('usher-scim-'))

    first = /usher-scim-[\w-]+/.exec(shown.text)?.[0] ?? ''
    expect(shown.text).toContain('https://usher.example.test/scim/v2')
    expect(await works(first)).toBe(true)
    expect((await openScim()).text).not.toContain('usher-scim-')
  })

  it('is kept as a hash alone, and stands in no log line and no audit event', async () => {
    const everything = JSON.stringify([
      await usher.app.db.prisma.scimToken.findMany(),
      await usher.app.db.prisma.auditEvent.findMany(),
      usher.log,
    ])

    expect(everything).not.toContain(first)
    expect(everything).not.toContain(first.replace('usher-scim-', ''))
  })

  it('says when it was last used, to the minute', async () => {
    const lastUse = async () => (await usher.app.db.prisma.scimToken.findFirstOrThrow()).lastUsedAt
    const began = await lastUse()
    usher.clock.pass(MINUTE / 2)
    await works(first)
    expect(await lastUse()).toEqual(began)

    usher.clock.pass(MINUTE / 2)
    await works(first)

    expect(await lastUse()).toEqual(usher.clock.now)
    expect((await openScim()).text).toContain('last used')
  })

  it('is renewed: the new one works, and the old one is dead', async () => {
    const second = await makeToken(usher)

    expect(second).not.toBe(first)
    expect(await works(second)).toBe(true)
    expect(await works(first)).toBe(false)
  })

  it('is renewed once where the button is pressed twice', async () => {
    const hash = async () => (await usher.app.db.prisma.scimToken.findFirstOrThrow()).tokenHash
    const before = await hash()
    const view = await openScim()
    usher.clock.pass(MINUTE)
    await Promise.all([view.click('Renew'), view.click('Renew')])
    await usher.slack.as('UADA').waitForView((shown) => shown.text.includes('usher-scim-'))

    expect(await hash()).not.toBe(before)
    const renewals = await usher.app.db.prisma.auditEvent.count({ where: { act: 'scim.token_renewed' } })
    expect(renewals).toBe(2)
  })

  it('is taken away: nobody is let in', async () => {
    const token = await makeToken(usher)
    const view = await openScim()
    await view.click('Take away')
    await usher.slack.as('UADA').waitForView((shown) => shown.text.includes('There is no token'))

    expect(await works(token)).toBe(false)
  })

  it('is told to the audit log at each turn', async () => {
    const events = await usher.app.db.prisma.auditEvent.findMany({
      where: { act: { startsWith: 'scim.' } },
      orderBy: { id: 'asc' },
    })

    expect(events.map(({ act }) => act)).toEqual([
      'scim.token_made',
      'scim.token_shown',
      'scim.token_renewed',
      'scim.token_shown',
      'scim.token_renewed',
      'scim.token_shown',
      'scim.token_renewed',
      'scim.token_shown',
      'scim.token_ended',
    ])
    for (const event of events) expect(event).toMatchObject({ actorName: 'Ada Lovelace', origin: 'slack' })
  })

  it('is nobody’s to make but a Corporate Admin’s', async () => {
    const organisation = await usher.app.db.prisma.organisation.findFirstOrThrow()
    const pat = await usher.app.db.prisma.person.create({
      data: { id: newId(), organisationId: organisation.id, createdAt: usher.clock.now },
    })
    const c = { db: usher.app.db, now: () => usher.clock.now }
    const asked = { organisationId: organisation.id, actorId: pat.id, madeAt: 'none', origin: 'slack' }

    await expect(makeScimToken(c, asked)).rejects.toMatchObject({ code: 'may_not_change_settings' })
  })
})

describe('whoever has no token', () => {
  let directory: Directory
  beforeAll(async () => {
    directory = directoryOf(usher.app.url, await makeToken(usher))
  })

  it.each<[string, Record<string, string>]>([
    ['none', { authorization: '' }],
    ['a wrong one', { authorization: `Bearer usher-scim-${'A'.repeat(43)}` }],
    ['a cut one', { authorization: 'Bearer usher-scim-abc' }],
    ['one of 10 kB', { authorization: `Bearer ${'a'.repeat(10_000)}` }],
    ['user and password', { authorization: `Basic ${Buffer.from('ana:secret').toString('base64')}` }],
    ['strange signs', { authorization: 'Bearer %00%0a' }],
  ])('hears SCIM’s own 401: %s', async (_name, headers) => {
    const { status, body, headers: answered } = await directory.send('/Users', { headers })

    expect(status).toBe(401)
    expect(body).toEqual({
      schemas: [ERROR],
      status: '401',
      detail: 'The token is missing, or it does not work (any more).',
    })
    expect(answered.get('www-authenticate')).toBe('Bearer realm="SCIM"')
  })

  it('hears it at every address, before anything is read of what they send', async () => {
    const { port } = new URL(usher.app.url)
    for (const path of ['/Users', '/Groups/1', '/Schemas', '/Bulk', '/nothing', '/Users/.search']) {
      const status = await new Promise((resolve, reject) => {
        // The body is announced and never comes: whoever waits for it hangs.
        const headers = { 'content-type': 'application/scim+json', 'content-length': '1000000' }
        const asked = request({ port, path: `/scim/v2${path}`, method: 'POST', headers, agent: false }, (response) => {
          response.resume()
          resolve(response.statusCode)
          asked.destroy()
        })
        asked.on('error', reject)
        asked.flushHeaders()
      })
      expect(status, path).toBe(401)
    }
  })
})

describe('another organisation’s directory', () => {
  let ours: Directory
  let theirs: Directory
  let user: Body
  let group: Body
  beforeAll(async () => {
    ours = directoryOf(usher.app.url, await makeToken(usher))
    user = (await ours.post('/Users', entraUser('ours'))).body
    group = (await ours.post('/Groups', { schemas: [GROUP], displayName: 'Ours', members: [{ value: user.id }] })).body
    const { prisma } = usher.app.db
    const organisationId = newId()
    const createdAt = usher.clock.now
    await prisma.organisation.create({
      data: { id: organisationId, slackTeamId: 'TOTHER', createdAt, displayName: 'Other', terms: 'Be kind.' },
    })
    const actorId = newId()
    await prisma.person.create({
      data: { id: actorId, organisationId, createdAt, role: 'corporate_admin', slackUserId: 'UX' },
    })
    const c = { db: usher.app.db, now: () => usher.clock.now }
    theirs = directoryOf(
      usher.app.url,
      await makeScimToken(c, { organisationId, actorId, madeAt: 'none', origin: 'slack' }),
    )
  })

  it('sees and finds nothing of ours', async () => {
    expect((await theirs.get('/Users')).body.totalResults).toBe(0)
    expect((await theirs.get('/Groups')).body.totalResults).toBe(0)
    expect((await theirs.get(filtered('/Users', 'userName eq "ours@contoso.example"'))).body.totalResults).toBe(0)
    expect((await theirs.get(filtered('/Users', `id eq "${user.id}"`))).body.totalResults).toBe(0)
  })

  it('is told of our user and group what it is told of none', async () => {
    const nobody = newId()
    for (const act of [
      (id: string) => theirs.get(`/Users/${id}`),
      (id: string) => theirs.put(`/Users/${id}`, entraUser('taken')),
      (id: string) => theirs.patch(`/Users/${id}`, [{ op: 'replace', path: 'active', value: false }]),
      (id: string) => theirs.remove(`/Users/${id}`),
    ]) {
      const [of, ofNobody] = [await act(user.id), await act(nobody)]
      expect(of.status).toBe(404)
      expect(of.text).toBe(ofNobody.text)
    }
    for (const act of [
      (id: string) => theirs.get(`/Groups/${id}`),
      (id: string) => theirs.put(`/Groups/${id}`, { schemas: [GROUP], displayName: 'Taken' }),
      (id: string) => theirs.patch(`/Groups/${id}`, [{ op: 'remove', path: 'members' }]),
      (id: string) => theirs.remove(`/Groups/${id}`),
    ]) {
      const [of, ofNobody] = [await act(group.id), await act(nobody)]
      expect(of.status).toBe(404)
      expect(of.text).toBe(ofNobody.text)
    }
    expect((await ours.get(`/Groups/${group.id}`)).body.members).toHaveLength(1)
    expect((await ours.get(`/Users/${user.id}`)).body.active).toBe(true)
  })

  it('cannot put our user into its group, and may have a user of the same name', async () => {
    const { status, body } = await theirs.post('/Groups', { displayName: 'Theirs', members: [{ value: user.id }] })
    expect(status).toBe(400)
    expect(body.scimType).toBe('invalidValue')

    expect((await theirs.post('/Users', entraUser('ours'))).status).toBe(201)
  })
})
