// `usher audit verify`: proves that nothing in the audit log was changed, taken out or moved since it was sealed.
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import {
  type Break,
  type ChainVerdict,
  findLostSeals,
  type NotedSeal,
  SEAL_PURPOSE,
  verifyChains,
} from '../audit/index.ts'
import type { Config } from '../config.ts'
import { type Database, migrationState, openDatabase } from '../database/index.ts'
import { deriveKey } from '../keys.ts'
import { findSecret } from '../secret.ts'
import { CannotDo } from './cannot-do.ts'

const usage = 'npm run usher -- audit verify [--noted 1204:9f3a…] [--anchors file]'
const silent = { debug() {}, info() {}, warn() {}, error() {} }

/**
 * Takes the words after `audit`. The exit code is 1 when a chain is broken, or a seal that was kept elsewhere is not in it
 * any more. Throws CannotDo for what was not understood, and where settings or database are not right.
 */
export async function runAudit(
  words: string[],
  { readConfig }: { readConfig: () => Config },
): Promise<{ text: string; code: number }> {
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: { noted: { type: 'string', multiple: true }, anchors: { type: 'string' } },
  })
  if (positionals.length !== 1 || positionals[0] !== 'verify') throw new CannotDo(`Type: ${usage}`)
  const notes = (values.noted ?? []).map(readNoted)
  const { db, sealKey, anchorFile } = await open(readConfig)
  try {
    if ((await migrationState(db.url)) !== 'current') {
      throw new CannotDo('The tables of this database are not those of this Usher. Start Usher once, then try again.')
    }
    const anchors = readAnchors(values.anchors, anchorFile)
    const verdicts = await verifyChains(db, sealKey)
    const lost = await findLostSeals(db, [...notes, ...anchors.seals], verdicts)
    const isBroken = lost.length > 0 || verdicts.some(({ broken }) => broken)
    return { text: report(verdicts, { notes, anchors, lost }), code: isBroken ? 1 : 0 }
  } finally {
    await db.close()
  }
}

/** What keeps an installation from starting keeps this from running, and says so in its own words. */
const SAYS_WHAT_TO_DO = [
  'ConfigurationProblems',
  'DatabaseUnreachable',
  'EmbeddedDatabaseInUse',
  'EmbeddedDatabaseUnavailable',
]

async function open(readConfig: () => Config): Promise<{
  db: Database
  sealKey: Buffer
  anchorFile: string | undefined
}> {
  try {
    const config = readConfig()
    const secret = findSecret(config)
    if (secret === undefined) {
      throw new CannotDo('The audit log is sealed with a key made from USHER_SECRET: set it as it is for Usher itself.')
    }
    const { databaseUrl, dataDir, auditAnchorFile: anchorFile } = config
    const db = await openDatabase({ url: databaseUrl, dataDir, log: silent, poolSize: 2, waitMs: 0, join: true })
    return { db, sealKey: deriveKey(secret, SEAL_PURPOSE), anchorFile }
  } catch (error) {
    if (error instanceof Error && SAYS_WHAT_TO_DO.includes(error.name))
      throw new CannotDo(error.message, { cause: error })
    throw error
  }
}

function readNoted(text: string): NotedSeal {
  const seal = parseSeal(text)
  if (!seal) {
    throw new CannotDo(`“${text}” is not a seal. It is a number, a colon and 64 signs, as an earlier run printed it.`)
  }
  return seal
}

function parseSeal(text: string): NotedSeal | undefined {
  const [, sequence, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? []
  return sequence && hash ? { sequence: Number(sequence), hash } : undefined
}

type Anchors = {
  seals: NotedSeal[]
  /** Where they were looked for; undefined: nowhere. */
  path: string | undefined
  /** Lines that are no anchors, as one that was cut off in the middle. */
  unreadable: number
}

/**
 * The anchors of a file as Usher writes it: a day, a seal, the organization's name. `path`: named on the command line, and
 * then it must be there. `setting`: of AUDIT_ANCHOR_FILE, where Usher makes it with the first anchor.
 */
function readAnchors(path: string | undefined, setting: string | undefined): Anchors {
  const file = path ?? setting
  if (file === undefined) return { seals: [], path: undefined, unreadable: 0 }
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    const isNotYetThere = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
    if (path === undefined && isNotYetThere) return { seals: [], path: file, unreadable: 0 }
    throw new CannotDo(`The file ${file} can't be read: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    })
  }
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const seals = lines.flatMap((line) => parseSeal(line.split(' ')[1] ?? '') ?? [])
  return { seals, path: file, unreadable: lines.length - seals.length }
}

type Checked = { notes: NotedSeal[]; anchors: Anchors; lost: NotedSeal[] }

function report(verdicts: ChainVerdict[], { notes, anchors, lost }: Checked): string {
  if (verdicts.length === 0) return 'There is no organisation yet, and so nothing to prove.'
  const lines = verdicts.flatMap(linesOf)
  for (const { sequence, hash } of lost) {
    lines.push(`BROKEN: the seal ${sequence}:${hash} stands in no chain. What was sealed then is not what is here now.`)
  }
  const kept = notes.filter((seal) => !lost.includes(seal)).length
  if (kept > 0)
    lines.push(kept === 1 ? 'The seal you noted is in its place.' : `${kept} noted seals are in their places.`)
  if (anchors.path !== undefined) lines.push(...anchorLines(anchors, lost))
  else if (notes.length === 0) lines.push(UNANCHORED)
  return lines.join('\n')
}

const UNANCHORED =
  'Not checked: whether the end was cut off, or seals were deleted for Usher to make them again. For that, give seals that were kept elsewhere: --noted or --anchors.'

function anchorLines({ seals, path, unreadable }: Anchors, lost: NotedSeal[]): string[] {
  const kept = seals.filter((seal) => !lost.includes(seal)).length
  return [
    seals.length === 0
      ? `${path} has no anchors yet.`
      : `${kept} of ${counted(seals.length, 'anchor')} in ${path} ${kept === 1 ? 'is' : 'are'} in the chain.`,
    ...(unreadable === 0
      ? []
      : [`${counted(unreadable, 'line')} of it can't be read as ${unreadable === 1 ? 'an anchor' : 'anchors'}.`]),
  ]
}

function linesOf(verdict: ChainVerdict): string[] {
  const { organisationName, proved, broken, last, unsealed } = verdict
  const waiting =
    unsealed === 0 ? [] : [`  ${events(unsealed)} not sealed yet. A running Usher seals them within a minute.`]
  if (broken?.kind === 'no_keys') return [`${organisationName}: BROKEN. ${WHAT.no_keys}`, ...waiting]
  if (broken) {
    return [
      `${organisationName}: BROKEN at place ${broken.sequence}. ${WHAT[broken.kind]}`,
      ...(broken.event ? [`  ${describe(broken.event)}`] : []),
      ...(broken.kind === 'changed' && verdict.keyedSince === undefined ? [`  ${OTHER_SECRET}`] : []),
      `  ${events(proved)} proved before it; nothing from there on is.`,
      ...waiting,
    ]
  }
  return [
    `${organisationName}: unbroken. ${events(proved)} as they were when they were sealed.`,
    ...keyLines(verdict),
    ...(last
      ? [`  The last seal: ${last.sequence}:${last.hash}`, '  Keep it elsewhere, and check it with --noted.']
      : []),
    ...waiting,
  ]
}

/** What the key proves, and for which events. */
function keyLines({ proved, unkeyed, keyedSince, late }: ChainVerdict): string[] {
  if (keyedSince === undefined) return []
  const lines =
    unkeyed === 0
      ? ['  Every seal was made with the key from USHER_SECRET.']
      : [
          `  Seals ${unkeyed + 1} to ${proved} were made with the key from USHER_SECRET, since ${keyedSince.toISOString()} (UTC).`,
          `  ${unkeyed === 1 ? 'Seal 1 was' : `Seals 1 to ${unkeyed} were`} made without a key: what someone who owned the database changed before then does not show.`,
        ]
  if (late.count === 0) return lines
  return [
    ...lines,
    `  ${counted(late.count, 'event')}, from place ${late.first} on, ${late.count === 1 ? 'was' : 'were'} sealed more than two hours late. If Usher was running then, someone deleted seals.`,
  ]
}

const WHAT: Record<Break['kind'], string> = {
  changed: 'This event, or its seal, was changed after it was sealed:',
  missing: 'The event that was sealed here is gone.',
  out_of_place: 'Another event belongs here than the one that is here now:',
  seal_missing: 'The seal of this place is gone.',
  key_missing: 'This seal has no key, and those before it have one:',
  no_keys:
    'None of the seals was made with the key from USHER_SECRET. If Usher was updated this minute, wait for it to make one; otherwise the chain was replaced.',
}

const OTHER_SECRET = 'If USHER_SECRET is not the one that Usher runs with, that is the reason.'

function describe({ id, at, act, actorName, subjectName }: NonNullable<Break['event']>): string {
  return [`${at.toISOString()} (UTC)`, act, `by ${actorName}`, `on ${subjectName}`, `event ${id}`]
    .map((part) => part.replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' '))
    .join(' · ')
}

function events(count: number): string {
  return count === 1 ? '1 event is' : `${count.toLocaleString('en')} events are`
}

function counted(count: number, thing: string): string {
  return `${count.toLocaleString('en')} ${thing}${count === 1 ? '' : 's'}`
}
