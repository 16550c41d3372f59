// What is pasted into Slack: src/slack/manifest.ts, src/cli/manifest.ts and manifest.yml.
import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { runCommand } from '../../src/cli/index.ts'
import { toYaml } from '../../src/cli/yaml.ts'
import { buildManifest, findCommandNameProblem } from '../../src/slack/manifest.ts'

const schema = JSON.parse(readFileSync(new URL('../data/slack-manifest.schema.json', import.meta.url), 'utf8'))
const validate = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(schema)

describe('the manifest', () => {
  it.each([
    ['over HTTP', buildManifest({ url: 'https://usher.example.com', command: '/invites' })],
    ['in Socket Mode', buildManifest({ url: '', command: '/invites', socketMode: true })],
  ])('keeps to the rules of Slack %s', (_, manifest) => {
    validate(manifest)

    expect(validate.errors).toBeNull()
  })

  it('sends everything to /slack/events of its address, and people who sign in to their page', () => {
    const text = JSON.stringify(buildManifest({ url: 'https://usher.example.com/', command: '/ask' }))
    const addresses = [...text.matchAll(/https?:[^"]*/g)].map(([address]) => address)

    expect(addresses.filter((address) => address.endsWith('/slack/events'))).toHaveLength(4)
    expect(addresses.filter((address) => !address.endsWith('/slack/events'))).toEqual([
      'https://usher.example.com/sign-in/slack/return',
    ])
    expect(text).toContain('"command":"/ask"')
  })

  it('names no address that Slack would call in Socket Mode', () => {
    const text = JSON.stringify(
      buildManifest({ url: 'https://usher.example.com', command: '/invites', socketMode: true }),
    )

    expect(text).not.toContain('/slack/events')
  })

  it('is what manifest.yml holds', async () => {
    const { text } = await runCommand(['manifest', '--url', 'https://usher.example.com'])

    expect(readFileSync(new URL('../../manifest.yml', import.meta.url), 'utf8')).toBe(text)
  })
})

describe('the name of the command', () => {
  it.each(['/invites', '/usher', '/invite-org', '/a', `/${'a'.repeat(31)}`])('may be %s', (name) => {
    expect(findCommandNameProblem(name)).toBeUndefined()
  })

  it.each([
    ['/invite', 'keeps /invite for itself'],
    ['/invite_people', 'keeps'],
    ['/status', 'keeps'],
    ['/join', 'keeps'],
    ['invites', 'begins with a slash'],
    ['/Invites', 'small letters'],
    ['/in vites', 'small letters'],
    ['/приглашения', 'small letters'],
    ['/', '2 to 32'],
    [`/${'a'.repeat(32)}`, '2 to 32'],
  ])('may not be %s', (name, reason) => {
    expect(findCommandNameProblem(name)).toContain(reason)
  })
})

describe('usher manifest', () => {
  it.each([
    [['manifest'], 'Say where Slack will reach Usher'],
    [['manifest', '--url', 'http://usher.example.com'], 'begin with https://'],
    [['manifest', '--url', 'usher.example.com'], 'begin with https://'],
    [['manifest', '--url', 'https://usher.example.com/app'], 'without a path'],
    [['manifest', '--url', 'https://usher.example.com', '--command', '/invite'], 'keeps /invite for itself'],
    [['manifest', '--link', 'https://usher.example.com'], "Unknown option '--link'"],
    [['prescribe'], 'There is no command "prescribe"'],
  ])('refuses %j in words', async (words, reason) => {
    const { text, code, isComplaint } = await runCommand(words)

    expect({ code, isComplaint }).toEqual({ code: 2, isComplaint: true })
    expect(text).toContain(reason)
  })

  it('takes another name for the command, and Socket Mode without an address', async () => {
    const { text, code } = await runCommand(['manifest', '--socket-mode', '--command', '/ask'])

    expect(code).toBe(0)
    expect(text).toContain('    - command: /ask\n')
    expect(text).toContain('  socket_mode_enabled: true\n')
  })

  it.each([[], ['help'], ['--help'], ['manifest', '--help']])('explains itself: %s', async (...words) => {
    const { text, code } = await runCommand(words)

    expect(code).toBe(0)
    expect(text).toMatch(/doctor[\s\S]*manifest --url/)
  })
})

describe('YAML', () => {
  it('quotes what would otherwise be read as something else', () => {
    const texts = ['yes', 'null', '', '1', 'a: b', 'a #b', '#b', '- a', '[a', 'a\nb', 'a:', 'a:b']

    expect(toYaml({ texts })).toBe(
      [
        'texts:',
        '  - "yes"',
        '  - "null"',
        '  - ""',
        '  - "1"',
        '  - "a: b"',
        '  - "a #b"',
        '  - "#b"',
        '  - "- a"',
        '  - "[a"',
        '  - "a\\nb"',
        '  - "a:"',
        '  - a:b',
        '',
      ].join('\n'),
    )
  })
})
