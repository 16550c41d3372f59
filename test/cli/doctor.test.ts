// What the doctor says of installations that are well, and of those that are not: src/cli/doctor.
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { examine } from '../../src/cli/doctor/doctor.ts'
import { type Finding, toLine } from '../../src/cli/doctor/finding.ts'
import { createReach, type Reach } from '../../src/cli/doctor/reach.ts'
import { readConfig } from '../../src/config.ts'
import { createLocalSlack, type LocalSlack } from '../../src/sandbox/slack/local-slack.ts'
import { buildManifest } from '../../src/slack/manifest.ts'
import { createDatabase, createTestDatabase } from '../setup/database.ts'

const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

/** A web server on a free port; gives its address. */
async function listen(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanUps.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A mail server that knows one user; gives its address. */
async function listenForMail(): Promise<string> {
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, done) => {
      const isRight = username === 'usher' && password === 'right'
      done(isRight ? null : new Error('535 wrong'), isRight ? { user: username } : undefined)
    },
  })
  server.on('error', () => {})
  const listening = server.listen(0, '127.0.0.1')
  await once(listening, 'listening')
  cleanUps.push(() => new Promise<void>((resolve) => server.close(resolve)))
  return `127.0.0.1:${(listening.address() as AddressInfo).port}`
}

const manifest = buildManifest({ url: 'https://usher.example.com', command: '/invites' })

/** Where nothing listens any more. */
let dead: string
let slack: LocalSlack
let database: Awaited<ReturnType<typeof createDatabase>>
beforeAll(async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  dead = `127.0.0.1:${(server.address() as AddressInfo).port}`
  server.close()
  slack = await createLocalSlack({ appUrl: () => `http://${dead}`, manifest })
  database = await createDatabase()
})
afterAll(async () => {
  await slack.close()
  await database.drop()
})

type Changes = { env?: NodeJS.ProcessEnv; reach?: Partial<Reach>; limit?: number; post?: boolean }

/** Examines an installation that is well but for the changes. Gives one line a finding, by what it is about. */
async function examineWith({
  env = {},
  reach = {},
  limit = 5_000,
  post = false,
}: Changes): Promise<Record<string, string>> {
  const installation = {
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_SIGNING_SECRET: slack.signingSecret,
    SLACK_API_URL: slack.apiUrl,
    DATABASE_URL: database.url,
    USHER_SECRET: 'u'.repeat(32),
    SMTP_URL: env.SMTP_URL ?? `smtp://usher:right@${await listenForMail()}`,
    MAIL_FROM: 'usher@example.com',
    PUBLIC_URL: env.PUBLIC_URL ?? (await listen((_, response) => response.end('{"alive":true}\n'))),
    ...env,
  }
  const options = { reach: { ...createReach(), ...reach }, limit, post }
  return byAbout(await examine(() => readConfig(installation), options))
}

const byAbout = (findings: Finding[]) => Object.fromEntries(findings.map((finding) => [finding.about, toLine(finding)]))

describe('the doctor', () => {
  it('finds nothing to mend where all is well', async () => {
    const lines = await examineWith({})

    expect(lines).toEqual({
      SMS: '– SMS: not set up: nothing is sent by SMS. TWILIO_ACCOUNT_SID and the two beside it turn it on.',
      Settings: '✓ Settings: complete and well-formed',
      USHER_SECRET: '✓ USHER_SECRET: set',
      'Signing secret': expect.stringMatching(/^✓/),
      'Sign in with Slack': expect.stringMatching(/^– .*SLACK_CLIENT_ID and SLACK_CLIENT_SECRET/),
      'Slack token': expect.stringMatching(/^✓ Slack token: works, in the workspace Northwind Trading, as @\w+/),
      'Slack scopes': '✓ Slack scopes: all there',
      "Clock beside Slack's": expect.stringMatching(/^✓/),
      'Mail server': expect.stringMatching(/^✓/),
      'Bounce mailbox': expect.stringMatching(/^– .*BOUNCE_IMAP_URL/),
      Database: expect.stringMatching(/^✓ Database: PostgreSQL 1\d/),
      Migrations: '✓ Migrations: all applied',
      "Clock beside the database's": expect.stringMatching(/^✓/),
      PUBLIC_URL: expect.stringMatching(/^✓ .* it is Usher$/),
      'Notification channel': expect.stringMatching(/^– .*none chosen yet/),
    })
  })

  it('shows no secret, whatever is wrong', async () => {
    const env = {
      SMTP_URL: `smtp://usher:hushhush@${await listenForMail()}`,
      DATABASE_URL: `postgresql://u:hushhush@${dead}/x`,
    }

    const lines = await examineWith({ env: { ...env, SLACK_BOT_TOKEN: 'xoxb-hushhush-1234' } })

    expect(JSON.stringify(lines)).not.toMatch(/hushhush|uuuuuuuu/)
    expect(lines.Database).toMatch(/^✗/)
  })

  it('names every problem of the settings, and tries nothing else', async () => {
    const lines = await examine(() => readConfig({ SLACK_BOT_TOKEN: 'x', PORT: 'y' }), {
      reach: createReach(),
      limit: 1,
      post: false,
    })

    expect(lines.filter((finding) => finding.state === 'bad').map((finding) => finding.about)).toEqual(
      Array(6).fill('Settings'),
    )
    expect(lines.at(-1)).toMatchObject({ state: 'note', about: 'Everything else' })
  })

  it('says in the sandbox what to set, and checks the database that is there', async () => {
    const env = { DATABASE_URL: database.url, USHER_SECRET: 'u'.repeat(32) }

    const lines = byAbout(await examine(() => readConfig(env), { reach: createReach(), limit: 5_000, post: false }))

    expect(lines.Slack).toMatch(/^– Slack: nothing is set.*set SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET/)
    expect(lines.Database).toMatch(/^✓/)
    expect(lines).not.toHaveProperty('Mail server')
  })

  it('makes no database and no secret where there are none yet', async () => {
    const env = { DATA_DIR: '/tmp/usher-was-never-started-here' }

    const lines = byAbout(await examine(() => readConfig(env), { reach: createReach(), limit: 5_000, post: false }))

    expect(lines.Database).toMatch(/^– Database: none yet/)
    expect(lines.USHER_SECRET).toMatch(/^– USHER_SECRET: none yet/)
  })
})

describe('Slack', () => {
  it('does not know the token', async () => {
    const lines = await examineWith({ env: { SLACK_BOT_TOKEN: 'xoxb-0000000000-wrong' } })

    expect(lines['Slack token']).toMatch(/^✗ Slack token: Slack does not know it. Copy SLACK_BOT_TOKEN again/)
    expect(lines).not.toHaveProperty('Slack scopes')
  })

  it('cannot be reached', async () => {
    const lines = await examineWith({ env: { SLACK_API_URL: `http://${dead}/api/` } })

    expect(lines['Slack token']).toMatch(/^✗ Slack token: Slack cannot be reached: nothing listens there/)
  })

  it('does not answer in time', async () => {
    slack.faults.next('auth.test', { kind: 'hang' }, { times: 1 })

    const lines = await examineWith({ limit: 300 })

    expect(lines['Slack token']).toMatch(/^✗ .*no answer within 0.3 seconds/)
  })

  it('gave the token too few scopes: each that is missing is named', async () => {
    const fewer = { ...manifest, oauth_config: { scopes: { bot: ['commands', 'chat:write'] } } }
    const poor = await createLocalSlack({ appUrl: () => `http://${dead}`, manifest: fewer })
    cleanUps.push(() => poor.close())

    const lines = await examineWith({ env: { SLACK_API_URL: poor.apiUrl, SLACK_BOT_TOKEN: poor.botToken } })

    const missing = 'users:read, users:read.email, usergroups:read, files:read, files:write missing. Add'
    expect(lines['Slack scopes']).toContain(missing)
  })

  it('refuses the token for Socket Mode', async () => {
    const lines = await examineWith({ env: { SLACK_APP_TOKEN: 'xapp-1-A0000-000-wrong' } })

    expect(lines['Socket Mode']).toMatch(/^✗ Socket Mode: Slack refuses SLACK_APP_TOKEN/)
  })
})

describe('the notification channel', () => {
  /** An organisation of the local Slack's workspace, with its channel chosen. */
  async function chooseChannel(notificationChannelId: string): Promise<{ DATABASE_URL: string }> {
    const made = await createTestDatabase()
    cleanUps.push(() => made.drop())
    const organisation = {
      slackTeamId: slack.teamId,
      displayName: 'Northwind',
      terms: 'Be kind.',
      notificationChannelId,
    }
    await made.prisma.organisation.create({ data: { id: randomUUID(), createdAt: new Date(), ...organisation } })
    return { DATABASE_URL: made.url }
  }
  const channelId = (name: string) => slack.channels().find((channel) => channel.name === name)?.id ?? ''

  it('is tried only when that is asked for', async () => {
    const env = await chooseChannel(channelId('people-ops'))

    expect((await examineWith({ env }))['Notification channel']).toMatch(/^– .*With --post/)
    expect((await examineWith({ env, post: true }))['Notification channel']).toMatch(/^✓ .*a line was written there/)
  })

  it('does not have Usher in it', async () => {
    const env = await chooseChannel(channelId('random'))

    const lines = await examineWith({ env, post: true })

    expect(lines['Notification channel']).toMatch(/^✗ .*Usher is not in it. Type \/invite @Usher/)
  })
})

describe('the clock', () => {
  it('is five minutes ahead', async () => {
    const lines = await examineWith({ reach: { now: () => new Date(Date.now() + 5 * 60_000) } })

    expect(lines["Clock beside Slack's"]).toMatch(/^✗ .*this machine is 5 minutes ahead. Set its clock/)
    expect(lines["Clock beside the database's"]).toMatch(/^✗ .*5 minutes ahead/)
  })
})

describe('the mail server', () => {
  it('refuses the password', async () => {
    const lines = await examineWith({ env: { SMTP_URL: `smtp://usher:wrong@${await listenForMail()}` } })

    expect(lines['Mail server']).toMatch(/^✗ Mail server: .*refused our sign-in.*%40/)
  })

  it('is not there', async () => {
    const lines = await examineWith({ env: { SMTP_URL: `smtp://${dead}` } })

    expect(lines['Mail server']).toMatch(/^✗ Mail server: /)
  })
})

describe('the database', () => {
  it('is not there', async () => {
    const lines = await examineWith({ env: { DATABASE_URL: `postgresql://usher:pw@${dead}/usher` } })

    expect(lines.Database).toMatch(/^✗ Database: .*127\.0\.0\.1:\d+\/usher cannot be reached.*DATABASE_URL/)
    expect(lines).not.toHaveProperty('Migrations')
  })

  it('has migrations to come', async () => {
    const empty = await createDatabase({ empty: true })
    cleanUps.push(() => empty.drop())

    const lines = await examineWith({ env: { DATABASE_URL: empty.url } })

    expect(lines.Migrations).toMatch(/^– Migrations: some are still to be applied/)
  })
})

describe('PUBLIC_URL', () => {
  it.each<[string, RequestListener, string]>([
    ['is another program', (_, response) => response.end('<h1>It works!</h1>'), 'another program answers'],
    [
      'leads elsewhere',
      (_, response) => response.writeHead(302, { location: 'https://sso.example.com/in?to=1' }).end(),
      'sends callers on to https://sso.example.com.',
    ],
    [
      'is a proxy without Usher behind it',
      (_, response) => response.writeHead(502).end(),
      'does not reach Usher (502)',
    ],
  ])('%s', async (_, answer, words) => {
    const lines = await examineWith({ env: { PUBLIC_URL: await listen(answer) } })

    expect(lines.PUBLIC_URL).toMatch(/^✗/)
    expect(lines.PUBLIC_URL).toContain(words)
  })

  it('cannot be reached', async () => {
    const lines = await examineWith({ env: { PUBLIC_URL: `http://${dead}` } })

    expect(lines.PUBLIC_URL).toMatch(/^✗ .*cannot be reached from here: nothing listens there. Is Usher running/)
  })
})
