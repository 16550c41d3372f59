// `usher audit verify`: proves that nothing in the audit log was changed, taken out or moved since it was sealed.
import { parseArgs } from 'node:util'
import { type Break, type ChainVerdict, isInChain, verifyChains } from '../audit/index.ts'
import type { Config } from '../config.ts'
import { type Database, migrationState, openDatabase } from '../database/index.ts'
import { CannotDo } from './cannot-do.ts'

const usage = 'npm run usher -- audit verify [--noted 1204:9f3a…]'
const silent = { debug() {}, info() {}, warn() {}, error() {} }

type Noted = { sequence: number; hash: string }

/**
 * Takes the words after `audit`. The exit code is 1 when a chain is broken. Throws CannotDo for what was not
 * understood, and where settings or database are not right.
 */
export async function runAudit(
  words: string[],
  { readConfig }: { readConfig: () => Config },
): Promise<{ text: string; code: number }> {
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: { noted: { type: 'string', multiple: true } },
  })
  if (positionals.length !== 1 || positionals[0] !== 'verify') throw new CannotDo(`Type: ${usage}`)
  const notes = (values.noted ?? []).map(readNoted)
  const db = await open(readConfig)
  try {
    if ((await migrationState(db.url)) !== 'current') {
      throw new CannotDo('The tables of this database are not those of this Usher. Start Usher once, then try again.')
    }
    const verdicts = await verifyChains(db)
    const lost: Noted[] = []
    for (const noted of notes) if (!(await isInChain(db, noted))) lost.push(noted)
    const isBroken = lost.length > 0 || verdicts.some(({ broken }) => broken)
    return { text: report(verdicts, { notes, lost }), code: isBroken ? 1 : 0 }
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

async function open(readConfig: () => Config): Promise<Database> {
  try {
    const { databaseUrl, dataDir } = readConfig()
    return await openDatabase({ url: databaseUrl, dataDir, log: silent, poolSize: 2, waitMs: 0, join: true })
  } catch (error) {
    if (error instanceof Error && SAYS_WHAT_TO_DO.includes(error.name))
      throw new CannotDo(error.message, { cause: error })
    throw error
  }
}

function readNoted(text: string): Noted {
  const [, sequence, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? []
  if (!sequence || !hash) {
    throw new CannotDo(`“${text}” is not a seal. It is a number, a colon and 64 signs, as an earlier run printed it.`)
  }
  return { sequence: Number(sequence), hash }
}

function report(verdicts: ChainVerdict[], { notes, lost }: { notes: Noted[]; lost: Noted[] }): string {
  if (verdicts.length === 0) return 'There is no organisation yet, and so nothing to prove.'
  const lines = verdicts.flatMap(linesOf)
  for (const { sequence, hash } of lost) {
    lines.push(`BROKEN: the seal ${sequence}:${hash} stands in no chain. What was sealed then is not what is here now.`)
  }
  const kept = notes.length - lost.length
  if (kept > 0)
    lines.push(kept === 1 ? 'The seal you noted is in its place.' : `${kept} noted seals are in their places.`)
  return lines.join('\n')
}

function linesOf({ organisationName, proved, broken, last, unsealed }: ChainVerdict): string[] {
  const waiting =
    unsealed === 0 ? [] : [`  ${events(unsealed)} not sealed yet. A running Usher seals them within a minute.`]
  if (broken) {
    return [
      `${organisationName}: BROKEN at place ${broken.sequence}. ${WHAT[broken.kind]}`,
      ...(broken.event ? [`  ${describe(broken.event)}`] : []),
      `  ${events(proved)} proved before it; nothing from there on is.`,
      ...waiting,
    ]
  }
  return [
    `${organisationName}: unbroken. ${events(proved)} as they were when they were sealed.`,
    ...(last
      ? [`  The last seal: ${last.sequence}:${last.hash}`, '  Keep it elsewhere, and check it with --noted.']
      : []),
    ...waiting,
  ]
}

const WHAT: Record<Break['kind'], string> = {
  changed: 'This event, or its seal, was changed after it was sealed:',
  missing: 'The event that was sealed here is gone.',
  out_of_place: 'Another event belongs here than the one that is here now:',
  seal_missing: 'The seal of this place is gone.',
}

function describe({ id, at, act, actorName, subjectName }: NonNullable<Break['event']>): string {
  return [`${at.toISOString()} (UTC)`, act, `by ${actorName}`, `on ${subjectName}`, `event ${id}`]
    .map((part) => part.replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' '))
    .join(' · ')
}

function events(count: number): string {
  return count === 1 ? '1 event is' : `${count.toLocaleString('en')} events are`
}
