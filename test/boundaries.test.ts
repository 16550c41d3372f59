// The house's own rules, checked on every run: who may import whom, which folder alone may use a library, how long a
// file may be and what it is called. Each failure is a sentence that says what to do.
import { readdirSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const core = ['invitations', 'people', 'accounts', 'organisation', 'audit']

// What a folder (or a file of src/ itself) may import from src/. "x" is x/index.ts, "x/y" that one file, "type x" only
// its types, "*" everything. Its own files are open to a folder, and those of openToAll to everybody.
const mayImport: Record<string, string[]> = {
  main: ['app', 'config', 'secret', 'create-log'],
  app: ['*'],
  slack: core,
  web: core,
  // The doctor examines what the other folders know how to reach; each gives it one small door.
  // What must follow a bounce goes into the queue, of which `jobs` alone knows.
  cli: ['app', 'config', 'secret', ...core, 'slack/manifest', 'slack/doctor', 'delivery', 'database', 'jobs'],
  jobs: [...core, 'delivery', 'slack/notify', 'type database'],
  delivery: core.map((folder) => `type ${folder}`),
  invitations: ['people', 'accounts', 'organisation', 'audit', 'database'],
  accounts: ['people', 'organisation', 'audit', 'database'],
  people: ['organisation', 'audit', 'database'],
  organisation: ['audit', 'database'],
  audit: ['database'],
  database: [],
  sandbox: ['config'],
  'create-log': ['type collaborators'],
  front: ['unfinished-requests'],
  'unfinished-requests': [],
  'by-the-minute': [],
  'furnish-sandbox': ['organisation', 'people'],
  'clean-text': [],
  html: [],
  // The words of every language; who says them imports them, so that they know of the others only what is said.
  languages: ['type accounts'],
  config: [],
  secret: ['config'],
  keys: [],
  refusal: [],
  reference: [],
  collaborators: ['type database', 'type audit'],
}
const openToAll = [
  'refusal',
  'reference',
  'collaborators',
  'keys',
  'clean-text',
  'html',
  'by-the-minute',
  'languages/index',
]

// Who may use a library. A library that stands nowhere here may be used by nobody: add it with the folder that needs it.
const mayUse: Record<string, string[]> = {
  '@slack/bolt': ['slack'],
  '@slack/web-api': ['slack'],
  '@slack/types': ['slack', 'sandbox'],
  express: ['web'],
  'express-rate-limit': ['web'],
  helmet: ['web'],
  hono: ['html', 'delivery'],
  'prom-client': ['web'],
  'pg-boss': ['jobs'],
  'node-cron': ['jobs'],
  nodemailer: ['delivery'],
  imapflow: ['delivery'],
  'postal-mime': ['delivery'],
  twilio: ['delivery'],
  pdfkit: ['delivery'],
  '@expo-google-fonts/noto-sans': ['delivery'],
  otplib: ['accounts'],
  scimmy: ['web'],
  'openid-client': ['web'],
  emulate: ['sandbox'],
  '@node-rs/argon2': ['accounts'],
  '@zxcvbn-ts/language-common': ['accounts'],
  'libphonenumber-js': ['people'],
  'csv-parse': ['people'],
  '@prisma/adapter-pg': ['database'],
  '@prisma/client': ['database'],
  '@prisma/schema-engine-wasm': ['database'],
  '@prisma/driver-adapter-utils': ['database'],
  pg: ['database'],
  uuid: ['database'],
  qrcode: ['slack', 'web', 'delivery'],
  'smtp-server': ['sandbox'],
  mailparser: ['sandbox'],
  pino: ['create-log'],
  'pino-pretty': ['create-log'],
  zod: ['config', 'slack', 'web', 'jobs', 'sandbox', ...core],
}

type Import = { file: string; from: string; target: string; typesOnly: boolean }

/** All files below a folder of the project, as paths from the root; what is generated is nobody's to tidy. */
function filesBelow(folder: string, endings: RegExp): string[] {
  const entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && endings.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((file) => !file.startsWith('src/database/generated/'))
    .sort()
}

const read = (file: string) => readFileSync(join(root, file), 'utf8')
const code = filesBelow('src', /\.(ts|js)$/)
// What the browser loads lives by its own rules: its imports are addresses.
const server = code.filter((file) => file.endsWith('.ts'))

/** "src/web/join.ts" is of "web", "src/app.ts" is "app". */
function partOf(file: string): string {
  return file.split('/')[1]?.replace(/\.ts$/, '') ?? ''
}

function importsOf(file: string): Import[] {
  // Whole statements first, then calls of import(); comments and texts that merely speak of imports start elsewhere.
  const statements = /^(?:import|export)\s+(type\s)?([^'"`;]*?\sfrom\s+)?'([^']+)'/gm
  const calls = /\bimport\(\s*'([^']+)'/g
  const text = read(file)
  const typesInBraces = (names: string) =>
    /^\{[^}]*\}\s+from\s+$/.test(names) &&
    names
      .slice(1, names.indexOf('}'))
      .split(',')
      .filter((name) => name.trim())
      .every((name) => name.trim().startsWith('type '))
  return [
    ...[...text.matchAll(statements)].map(([, type, names = '', target = '']) => ({
      file,
      from: partOf(file),
      target,
      typesOnly: Boolean(type) || typesInBraces(names),
    })),
    ...[...text.matchAll(calls)].map(([, target = '']) => ({ file, from: partOf(file), target, typesOnly: false })),
  ]
}

const imports = server.flatMap(importsOf)
const isOwn = ({ target }: Import) => target.startsWith('.')
const targetFile = ({ file, target }: Import) => join(dirname(file), target).replaceAll('\\', '/')

function explainForbidden(line: Import): string | undefined {
  const target = targetFile(line)
  if (!target.startsWith('src/')) return `${line.file} imports ${target}: src/ may only import what is in src/.`
  const part = partOf(target)
  if (part === line.from) return undefined
  const inPart = target.replace(/^src\//, '').replace(/\.ts$/, '')
  const rules = mayImport[line.from]
  if (!rules) return `src/${line.from} is new here: say in test/boundaries.test.ts what it may import.`
  if (rules.includes('*')) return undefined
  if (openToAll.includes(inPart)) return undefined
  const door = inPart.endsWith('/index') ? part : inPart
  if (rules.includes(door) || (line.typesOnly && rules.includes(`type ${door}`))) return undefined
  const rule = rules.length === 0 ? 'nothing' : rules.join(', ')
  if (rules.includes(`type ${door}`))
    return `${line.file} imports ${door}: only its types may be imported (import type).`
  if (rules.includes(part)) return `${line.file} reaches into ${target}: it may only use src/${part}/index.ts.`
  return `${line.file} imports ${target}: ${line.from} may import ${rule}. Hand it in as a collaborator instead.`
}

const nameOfLibrary = (target: string) =>
  target
    .split('/')
    .slice(0, target.startsWith('@') ? 2 : 1)
    .join('/')

function explainLibrary(line: Import): string | undefined {
  if (line.target.startsWith('node:')) return undefined
  if (builtinModules.includes(line.target)) return `${line.file}: write node:${line.target}.`
  const library = nameOfLibrary(line.target)
  const users = mayUse[library]
  if (!users) return `${line.file} uses ${library}: say in test/boundaries.test.ts which folder alone may use it.`
  if (users.includes(line.from) || line.from === 'app') return undefined
  return `${line.file} uses ${library}, which is for ${users.join(', ')} alone.`
}

const said = (sentences: (string | undefined)[]) => sentences.filter((sentence) => sentence !== undefined)

describe('the house', () => {
  it('lets every folder import only what it may', () => {
    expect(said(imports.filter(isOwn).map(explainForbidden))).toEqual([])
  })

  it('lets every library be used only where it belongs', () => {
    expect(said(imports.filter((line) => !isOwn(line)).map(explainLibrary))).toEqual([])
  })

  it('loads the sandbox only when it is wanted: by import() in app', () => {
    const always = imports.filter(
      (line) => isOwn(line) && !line.typesOnly && line.from !== 'sandbox' && partOf(targetFile(line)) === 'sandbox',
    )
    const calls = new Set(['app'])
    const wrong = always.filter(
      (line) => !calls.has(line.from) || !read(line.file).includes(`import('${line.target}')`),
    )

    expect(wrong.map((line) => `${line.file} imports ${line.target}: only app may, by import().`)).toEqual([])
  })

  it('reads the environment in config.ts alone', () => {
    // Programs that the built-in server needs are found by PATH: not a setting of ours, only handed on.
    const mayRead = ['src/config.ts', 'src/database/embedded/server.ts', 'src/database/embedded/lock.ts']
    const readers = code.filter((file) => !mayRead.includes(file) && /process\.env\b|process\[/.test(read(file)))

    expect(readers.map((file) => `${file} reads process.env: make it a setting in src/config.ts.`)).toEqual([])
  })

  it('writes to the console only in main and cli; everybody else takes a log', () => {
    const mayWrite = (file: string) => file === 'src/main.ts' || file.startsWith('src/cli/')
    const writers = server.filter(
      (file) => !mayWrite(file) && /\bconsole\.\w+\(|process\.std(out|err)\.write/.test(read(file)),
    )

    expect(writers.map((file) => `${file} writes to the console: take a log object.`)).toEqual([])
  })
})

describe('every library', () => {
  it('that src/ uses stands in package.json, under dependencies', () => {
    const { dependencies, optionalDependencies } = JSON.parse(read('package.json'))
    const listed = new Set(Object.keys({ ...dependencies, ...optionalDependencies }))
    const used = new Set(
      imports
        .filter((line) => !isOwn(line) && !line.typesOnly && !line.target.startsWith('node:'))
        .map((line) => nameOfLibrary(line.target)),
    )
    const unlisted = [...used].filter((library) => !listed.has(library))

    expect(unlisted.map((library) => `${library} is used but not in package.json: npm install -E ${library}.`)).toEqual(
      [],
    )
  })
})

describe('every file', () => {
  const all = [...code, ...['test', 'bench', 'scripts'].flatMap((folder) => filesBelow(folder, /\.(ts|js)$/))]

  it('has at most 300 lines, or says in its first line why it is long ("Long because …")', () => {
    const long = all.filter((file) => {
      const lines = read(file).split('\n')
      return lines.length > 301 && !/long because/i.test(lines[0] ?? '')
    })

    expect(long.map((file) => `${file} has more than 300 lines: make two of it.`)).toEqual([])
  })

  it('begins with a comment that says its place', () => {
    const bare = all.filter((file) => !/^(#!.*\n)?\s*(\/\/|\/\*)/.test(read(file)))

    expect(bare.map((file) => `${file} does not begin with a comment: say in a line or two what it is for.`)).toEqual(
      [],
    )
  })

  it('and every folder of src/ has a kebab-case name, and none is called utils or the like', () => {
    const misnamed = filesBelow('src', /./).filter((file) =>
      file.split('/').some((name) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*$/.test(name)),
    )
    const vague = filesBelow('src', /./).filter((file) =>
      /\/(utils?|helpers?|services?|types|common|misc)(\.ts)?(\/|$)/.test(file),
    )

    expect(misnamed.map((file) => `${file}: names are-written-like-this.`)).toEqual([])
    expect(vague.map((file) => `${file}: name it after what it is for.`)).toEqual([])
  })

  it('leaves nothing for later', () => {
    const unfinished = code.filter((file) => /\b(TODO|FIXME|XXX|HACK)\b/.test(read(file)))

    expect(unfinished.map((file) => `${file} has something left to do: do it.`)).toEqual([])
  })
})
