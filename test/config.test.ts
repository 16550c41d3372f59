// What is set, what is missing, what is malformed: src/config.ts.
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ConfigurationProblems, readConfig } from '../src/config.ts'

const whole = {
  SLACK_BOT_TOKEN: 'xoxb-1234567890-abcdef',
  SLACK_SIGNING_SECRET: '0123456789abcdef0123456789abcdef',
  SMTP_URL: 'smtps://usher:p%40ss@mail.example.com:465',
  MAIL_FROM: 'Usher <usher@example.com>',
  PUBLIC_URL: 'https://usher.example.com',
}

function problemsOf(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    readConfig(env)
  } catch (error) {
    if (error instanceof ConfigurationProblems) return error.problems
    throw error
  }
  return []
}

describe('the sandbox', () => {
  it('opens with nothing set, for this machine alone', () => {
    const config = readConfig({})

    expect(config).toEqual({
      mode: 'sandbox',
      isUnderNpm: false,
      host: '127.0.0.1',
      port: 3000,
      publicUrl: 'http://localhost:3000',
      trustProxy: false,
      logLevel: 'info',
      dataDir: resolve('data'),
      databaseUrl: undefined,
      secret: undefined,
      slackCommand: '/invites',
    })
  })

  it('stays on this machine whatever HOST says', () => {
    expect(readConfig({ HOST: '0.0.0.0' }).host).toBe('127.0.0.1')
  })

  it('takes empty settings for absent ones, but not an empty Slack token or secret', () => {
    expect(readConfig({ PORT: '', DATABASE_URL: ' ', SMTP_URL: '' }).mode).toBe('sandbox')
    expect(problemsOf({ SLACK_BOT_TOKEN: '' }).join()).toContain('SLACK_BOT_TOKEN is empty')
  })

  it('holds nothing of a mail server, so that it can never send to real people', () => {
    const config = readConfig({ SMTP_URL: whole.SMTP_URL, MAIL_FROM: whole.MAIL_FROM })

    expect(JSON.stringify(config)).not.toContain('mail.example.com')
  })
})

describe('the real thing', () => {
  it('needs a token, a signing secret, a mail server, a sender and an address', () => {
    expect(readConfig({ ...whole, PUBLIC_URL: 'https://usher.example.com/', HOST: '10.0.0.1' })).toMatchObject({
      mode: 'slack',
      host: '10.0.0.1',
      publicUrl: 'https://usher.example.com',
      slack: { botToken: whole.SLACK_BOT_TOKEN, signingSecret: whole.SLACK_SIGNING_SECRET, appToken: undefined },
      smtpUrl: whole.SMTP_URL,
      mailFrom: whole.MAIL_FROM,
    })
  })

  it('uses Socket Mode with an app token', () => {
    const config = readConfig({ ...whole, SLACK_APP_TOKEN: 'xapp-1-A0-123-abc' })

    expect(config).toMatchObject({ slack: { appToken: 'xapp-1-A0-123-abc' } })
  })

  it('does not start with an empty signing secret', () => {
    expect(problemsOf({ ...whole, SLACK_SIGNING_SECRET: '' })).toEqual([
      expect.stringMatching(/^SLACK_SIGNING_SECRET is empty: copy it from .*because SLACK_BOT_TOKEN is given/),
    ])
  })

  it.each([
    ['SLACK_BOT_TOKEN', 'SLACK_SIGNING_SECRET'],
    ['SLACK_SIGNING_SECRET', 'SLACK_BOT_TOKEN'],
  ] as const)('without %s names it, and says that %s is given', (absent, present) => {
    expect(problemsOf({ ...whole, [absent]: undefined })).toEqual([
      expect.stringMatching(new RegExp(`^${absent} is missing: .*because ${present} is given`)),
    ])
  })

  it('needs a secret as soon as the database is not the built-in one', () => {
    const env = { ...whole, DATABASE_URL: 'postgresql://usher:pw@db.example.com/usher' }

    expect(problemsOf(env)).toEqual([expect.stringMatching(/^USHER_SECRET is missing/)])
    expect(readConfig({ ...env, USHER_SECRET: 'x'.repeat(32) }).secret).toBe('x'.repeat(32))
  })

  it('reads a mailbox for what comes back, where one is given', () => {
    const given = {
      MAIL_RETURN_PATH: 'bounces@example.com',
      BOUNCE_IMAP_URL: 'imaps://bounces%40example.com:p%40ss@mail.example.com:993/INBOX',
    }

    expect(readConfig({ ...whole, ...given })).toMatchObject({
      returnPath: given.MAIL_RETURN_PATH,
      bounceImapUrl: given.BOUNCE_IMAP_URL,
    })
    expect(readConfig(whole)).toMatchObject({ returnPath: undefined, bounceImapUrl: undefined })
    expect(JSON.stringify(readConfig(given))).not.toContain('mail.example.com')
  })

  it('lets people sign in with Slack only with both the client id and the secret', () => {
    const client = { SLACK_CLIENT_ID: '123.456', SLACK_CLIENT_SECRET: 'c'.repeat(32) }

    expect(readConfig(whole)).toMatchObject({ slack: { signIn: undefined } })
    expect(readConfig({ ...whole, ...client })).toMatchObject({
      slack: { signIn: { clientId: '123.456', clientSecret: 'c'.repeat(32), issuer: 'https://slack.com' } },
    })
    expect(readConfig({ ...whole, ...client, SLACK_API_URL: 'http://127.0.0.1:4000/api' })).toMatchObject({
      slack: { signIn: { issuer: 'http://127.0.0.1:4000' } },
    })
    for (const absent of ['SLACK_CLIENT_ID', 'SLACK_CLIENT_SECRET']) {
      expect(problemsOf({ ...whole, ...client, [absent]: undefined })).toEqual([
        expect.stringMatching(new RegExp(`^${absent} is missing: .*both SLACK_CLIENT_ID and SLACK_CLIENT_SECRET`)),
      ])
    }
  })

  it('reads the proxies in front of it', () => {
    expect(readConfig({ TRUST_PROXY: '2' }).trustProxy).toBe(2)
    expect(readConfig({ TRUST_PROXY: '0' }).trustProxy).toBe(false)
    expect(readConfig({ TRUST_PROXY: 'loopback, 10.0.0.0/8, fd00::/8' }).trustProxy).toEqual([
      'loopback',
      '10.0.0.0/8',
      'fd00::/8',
    ])
  })
})

describe('malformed settings', () => {
  it.each([
    ['PORT', '99999'],
    ['PORT', '3000x'],
    ['TRUST_PROXY', 'yes'],
    ['TRUST_PROXY', '10.0.0.0/64'],
    ['HOST', 'a b'],
    ['PUBLIC_URL', 'usher.example.com'],
    ['PUBLIC_URL', 'http://usher.example.com'],
    ['PUBLIC_URL', 'https://usher.example.com/usher'],
    ['PUBLIC_URL', 'https://me@usher.example.com'],
    ['DATABASE_URL', 'mysql://a:hushhush@db/usher'],
    ['SLACK_BOT_TOKEN', 'xoxp-hushhush-1234'],
    ['SLACK_SIGNING_SECRET', 'xoxb-hushhush-1234567890'],
    ['SLACK_APP_TOKEN', 'xoxb-hushhush-1234'],
    ['SLACK_API_URL', 'http://slack.example.com/api/'],
    ['SLACK_COMMAND', 'invites'],
    ['SLACK_COMMAND', '/Invites'],
    ['SMTP_URL', 'https://a:hushhush@mail.example.com'],
    ['SMTP_URL', 'mail.example.com:25'],
    ['MAIL_FROM', 'usher'],
    ['MAIL_FROM', 'a@example.com, b@example.com'],
    ['MAIL_FROM', 'Usher\r\nBcc: x@example.com <usher@example.com>'],
    ['MAIL_RETURN_PATH', 'Usher <bounces@example.com>'],
    ['BOUNCE_IMAP_URL', 'https://a:hushhush@mail.example.com/INBOX'],
    ['BOUNCE_IMAP_URL', 'imaps://mail.example.com/INBOX'],
    ['BOUNCE_IMAP_URL', 'imaps://a:100%hushhush@mail.example.com/INBOX'],
    ['USHER_SECRET', 'hushhush'],
    ['LOG_LEVEL', 'loud'],
    ['METRICS_TOKEN', 'hushhush'],
    ['METRICS_TOKEN', 'hushhush with spaces in it'],
  ])('%s %j is named, in one sentence that does not show it', (name, text) => {
    const problems = problemsOf({ ...whole, USHER_SECRET: 'u'.repeat(32), [name]: text })

    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(new RegExp(`^${name} `))
    expect(problems[0]).toMatch(/[.]$|-hex 32$/)
    expect(problems[0]).not.toContain('hushhush')
  })

  it('are all named at once, with those that are missing, in one message', () => {
    const env = { SLACK_BOT_TOKEN: whole.SLACK_BOT_TOKEN, PORT: 'x', LOG_LEVEL: 'loud', DATABASE_URL: 'db' }

    expect(() => readConfig(env)).toThrow(/^8 problems in the settings:\n {2}- SLACK_SIGNING_SECRET is missing/)
    expect(problemsOf(env).map((problem) => problem.split(' ')[0])).toEqual([
      'SLACK_SIGNING_SECRET',
      'SMTP_URL',
      'MAIL_FROM',
      'PUBLIC_URL',
      'USHER_SECRET',
      'PORT',
      'DATABASE_URL',
      'LOG_LEVEL',
    ])
  })
})
