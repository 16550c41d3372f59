// The start, as the person who types `npm start` meets it: what is said, and how it ends where it cannot begin.
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { silentLog } from '../setup/database.ts'
import { createWorld, openInvitation, pickPort, startProgram, type World } from './programs.ts'

// Whole programs are started, also on machines that have other things to do.
let world: World
const tellsImports = fileURLToPath(new URL('tells-imports.ts', import.meta.url))

beforeAll(async () => {
  world = await createWorld({ isEmpty: true })
})
afterAll(() => world.close())

const loadedBy = (lines: string[]) => lines.flatMap((line) => /^loaded (\S+)$/.exec(line)?.[1] ?? [])

describe('with Slack’s credentials', () => {
  it('no part of the sandbox is loaded, and every line of the log is JSON', async () => {
    const program = world.start({ LOG_LEVEL: 'debug' }, [`--import=${tellsImports}`])
    await program.ready()
    const form = await openInvitation(world.slack, 'UADA', 'ana@example.org')
    await form.submit()
    await world.mailbox.waitFor(({ to }) => to.includes('ana@example.org'))
    expect(await program.end('SIGTERM')).toBe(0)

    const loaded = loadedBy(program.lines)
    expect(loaded.filter((url) => url.endsWith('/src/app.ts'))).toHaveLength(1)
    expect(loaded.filter((url) => /\/src\/sandbox\/|\/smtp-server\/|\/mailparser\//.test(url))).toEqual([])
    const written = program.lines.filter((line) => !line.startsWith('loaded ') && !line.startsWith('Usher is ready at'))
    expect(written.length).toBeGreaterThan(0)
    for (const line of written) expect(() => JSON.parse(line), line).not.toThrow()
  })

  it('Slack and the mail server may both be away at the start: the pages are there, and the log says so in JSON', async () => {
    const nowhere = await pickPort()
    const away = { SLACK_API_URL: `http://127.0.0.1:${nowhere}/api/`, SMTP_URL: `smtp://127.0.0.1:${nowhere}` }
    const program = world.start(away)
    await program.ready()
    expect(await world.readiness()).toBe(200)
    expect(await program.end('SIGTERM')).toBe(0)
    const written = program.lines.filter((line) => !line.startsWith('Usher is ready at'))
    for (const line of written) expect(() => JSON.parse(line), line).not.toThrow()
    expect(written.join()).toContain('Slack cannot be reached yet')
    expect(program.lines.join()).not.toContain(world.slack.botToken)
  })

  it('a database of a newer Usher is left alone, and said', async () => {
    const first = world.start()
    await first.ready()
    await world.ask(`INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, applied_steps_count)
      VALUES ('later', 'x', now(), '29990101000000_later', 1)`)
    expect(await world.readiness()).toBe(503)
    await first.end('SIGTERM')

    const program = world.start()
    expect(await program.exit()).toBe(1)
    expect(program.lines.join('\n')).toContain('made by a newer Usher: it has the migration 29990101000000_later')
    expect(program.lines.join('\n')).not.toMatch(/^\s+at /m)
    expect(await world.readiness()).toBe(0)
  })
})

describe('what keeps it from starting is said in a sentence, and ends with 1', () => {
  it('a port that is taken', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(world.port, '127.0.0.1', resolve))
    const program = world.start()
    expect(await program.exit()).toBe(1)
    expect(program.lines.filter(Boolean)).toEqual([
      `Port ${world.port} is taken, perhaps by an Usher that runs already. Stop that program, or give this one another port: PORT=${world.port + 1} npm start`,
    ])
    await new Promise((resolve) => server.close(resolve))
  })

  it('every malformed or missing setting at once, and no secret among the words', async () => {
    const secret = 'a-secret-that-is-malformed'
    const program = startProgram({
      PORT: 'eighty',
      PUBLIC_URL: 'http://usher.example.com/path',
      DATABASE_URL: `mysql://me:${secret}@db/usher`,
      SLACK_BOT_TOKEN: secret,
      SMTP_URL: 'mail.example.com',
      USHER_SECRET: 'too short',
      LOG_LEVEL: 'loud',
    })
    expect(await program.exit()).toBe(1)
    const said = program.lines.join('\n')
    const wrong = ['PORT', 'PUBLIC_URL', 'DATABASE_URL', 'SLACK_BOT_TOKEN', 'SMTP_URL', 'USHER_SECRET', 'LOG_LEVEL']
    for (const name of [...wrong, 'SLACK_SIGNING_SECRET', 'MAIL_FROM']) expect(said).toContain(`- ${name} `)
    expect(said).not.toContain(secret)
    expect(said).not.toMatch(/^\s+at /m)
  })

  it('29: a PostgreSQL that is not there: waited for, then said, and everything is closed again', async () => {
    const nowhere = await pickPort()
    const config = readConfig({
      ...world.env,
      DATABASE_URL: `postgresql://usher:hidden@127.0.0.1:${nowhere}/usher`,
      USHER_SECRET: 'a secret for tests, and for tests alone',
    })
    const starting = buildApp(config, { log: silentLog, databaseWaitMs: 1_500 })
    starting.catch(() => {})
    await expect.poll(() => world.readiness()).toBe(503)
    expect((await fetch(`${world.url}/healthz`)).status).toBe(200)
    const refusal = await starting.catch((error: unknown) => String(error))
    expect(refusal).toContain(`The database at 127.0.0.1:${nowhere}/usher cannot be reached after`)
    expect(refusal).not.toContain('hidden')
    expect(await world.readiness()).toBe(0)
  })
})

describe('without anything', () => {
  it('the sandbox opens, with one banner that says where', async () => {
    const surroundings = await createWorld({ isEmpty: true })
    const { port, dataDir, url } = surroundings
    const env = { PORT: String(port), DATA_DIR: dataDir }
    const program = startProgram(env, [`--import=${tellsImports}`])
    await program.ready()
    expect(program.lines.join('\n')).toContain(`http://localhost:${port}/sandbox/`)
    expect(program.lines.filter((line) => line.includes('Usher is ready'))).toHaveLength(1)
    expect((await fetch(`${url}/sandbox/`)).status).toBe(200)
    expect((await fetch(`${url}/readyz`)).status).toBe(200)
    // So the other test would see it, if it were there.
    expect(loadedBy(program.lines).some((loaded) => loaded.includes('/src/sandbox/'))).toBe(true)
    expect(await program.end('SIGINT')).toBe(0)
    await surroundings.close()
  })
})
