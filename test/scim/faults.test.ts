// A fault behind the door of SCIM: a number for the directory, the cause for the log, and never "there is no such user".
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { afterEach, expect, it } from 'vitest'
import type { ScimDirectory } from '../../src/people/index.ts'
import { createScim, SCIM_PATH } from '../../src/web/scim/index.ts'
import { directoryOf, ERROR, entraUser } from './directory.ts'

let server: Server | undefined
afterEach(() => new Promise((resolve) => server?.close(resolve)))

/** The door before a core that breaks whatever is asked of it. */
async function startBroken({ isAway, breaksAt = 'work' }: { isAway: boolean; breaksAt?: 'work' | 'token' }) {
  const logged: { details: object; text: string }[] = []
  const note = (details: object, text: string) => void logged.push({ details, text })
  const cause = new TypeError('the cause, with a secret-host in it')
  const broken = async () => {
    throw cause
  }
  const directory: ScimDirectory = {
    findCaller: breaksAt === 'token' ? broken : async () => '019a0000-0000-7000-8000-000000000001',
    createUser: broken,
    readUser: broken,
    listUsers: broken,
    changeUser: broken,
    removeUser: broken,
    createGroup: broken,
    readGroup: broken,
    listGroups: broken,
    changeGroup: broken,
    removeGroup: broken,
  }
  const app = express()
  app.use(
    SCIM_PATH,
    createScim({
      directory,
      publicUrl: 'https://usher.example.test',
      limit: 1000,
      headers: {},
      log: { debug: note, info: note, warn: note, error: note },
      databaseIsAway: async () => isAway,
    }),
  )
  server = createServer(app)
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { logged, cause, there: directoryOf(`http://127.0.0.1:${port}`, 'usher-scim-any') }
}

const id = '019a0000-0000-7000-8000-000000000002'

it('is 500 with a number in the detail, and the cause beside the number in the log', async () => {
  const { there, logged, cause } = await startBroken({ isAway: false })
  const answers = [
    await there.get(`/Users/${id}`),
    await there.get('/Users'),
    await there.post('/Users', entraUser('ana')),
    await there.put(`/Users/${id}`, entraUser('ana')),
    await there.patch(`/Users/${id}`, [{ op: 'replace', path: 'active', value: false }]),
    await there.remove(`/Users/${id}`),
    await there.post('/Groups', { displayName: 'Sales' }),
    await there.patch(`/Groups/${id}`, [{ op: 'remove', path: 'members' }]),
  ]

  expect(logged).toHaveLength(answers.length)
  for (const [index, { status, body, text }] of answers.entries()) {
    expect(status).toBe(500)
    expect(body).toMatchObject({ schemas: [ERROR], status: '500' })
    expect(text).not.toMatch(/secret-host|TypeError|\.ts/)
    const [reference] = /[2-9A-Z]{8}/.exec(body.detail) ?? []
    expect(logged[index]).toMatchObject({ text: 'A request by SCIM failed', details: { reference, err: cause } })
    // Ids of people stand in no log.
    expect(Object.keys(logged[index]?.details ?? {}).sort()).toEqual(['err', 'method', 'reference'])
  }
})

it('is 503 with a time to come again while the database is away, before the token is known too', async () => {
  for (const breaksAt of ['work', 'token'] as const) {
    const { there } = await startBroken({ isAway: true, breaksAt })
    const { status, body, headers } = await there.get(`/Users/${id}`)

    expect(status).toBe(503)
    expect(headers.get('retry-after')).toBe('30')
    expect(body).toMatchObject({ schemas: [ERROR], status: '503' })
  }
})
