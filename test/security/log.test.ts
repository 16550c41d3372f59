// SECURITY 52: the log as a program writes it has no secret in it, in either of its forms: neither by the name of a field,
// nor as a part of an error that holds a whole request.
import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'

const SECRET = 'xoxb-not-for-the-log'
const module = new URL('../../src/create-log.ts', import.meta.url).href

/** What a process writes that logs these details, at the level "info". */
function logged(details: string, readable: boolean): string {
  const script = `const { createLog } = await import(process.argv[1])
    const secret = process.argv[2]
    const log = createLog({ level: 'info', readable: ${readable} })
    log.info(${details}, 'what happened')`
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script, module, SECRET], {
    encoding: 'utf8',
  })
  expect(stderr).toBe('')
  expect(stdout).toContain('what happened')
  return stdout
}

describe.each([false, true])('52: the log, readable: %s', (readable) => {
  it.each(['token', 'password', 'authorization', 'secret', 'url'])('cuts a %s out, at each of three depths', (name) => {
    const text = logged(
      `{ ${name}: secret, one: { ${name}: secret, two: { ${name}: secret } }, kept: 'seen' }`,
      readable,
    )
    expect(text).not.toContain(SECRET)
    expect(text.match(/\[cut out\]/g)).toHaveLength(3)
    expect(text).toContain('seen')
  })

  it('says of an error and its causes what they are, and nothing of what else they hold', () => {
    const cause = `Object.assign(new Error('the cause'), { request: { header: secret } })`
    const error = `Object.assign(new Error('the error', { cause: ${cause} }), { code: 'E_ONE', config: { data: secret } })`
    const text = logged(`{ err: ${error} }`, readable)
    expect(text).not.toContain(SECRET)
    for (const part of ['the error', 'the cause', 'E_ONE']) expect(text).toContain(part)
  })
})
