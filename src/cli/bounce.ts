// `usher bounce < message`: for mail servers that hand a bounce to a program. What it ends with is for them: 0 is done,
// whatever the message was; 75 means that it is to be tried again (EX_TEMPFAIL of sysexits.h), so that none is lost.
import type { Readable } from 'node:stream'
import type { Config } from '../config.ts'
import { migrationState, openDatabase } from '../database/index.ts'
import { type BouncedMessage, MOST_READ, readBounce } from '../delivery/index.ts'
import { type BounceVerdict, recordBounce } from '../invitations/index.ts'
import { openQueue } from '../jobs/index.ts'
import { CannotDo } from './cannot-do.ts'

const TRY_AGAIN = 75
const silent = { debug() {}, info() {}, warn() {}, error() {} }

const SAID: Record<BounceVerdict | 'automatic' | 'other' | 'foreign' | 'unreadable', string> = {
  failed: 'The invitation is Error now, and its inviter is told.',
  noted: 'Noted in the story of its invitation; nothing else changed.',
  unmatched: 'A bounce, but of no message of this Usher. Nothing changed.',
  foreign: 'A bounce, but of no message of this Usher. Nothing changed.',
  automatic: 'An automatic answer, and no bounce. Nothing changed.',
  other: 'Not a bounce. Nothing changed.',
  unreadable: 'This message cannot be read. Nothing changed.',
}

/** Takes the message from `input`, of which only the first megabyte counts. Throws CannotDo for words after `bounce`. */
export async function runBounce(
  words: string[],
  { readConfig, input }: { readConfig: () => Config; input: Readable },
): Promise<{ text: string; code: number }> {
  if (words.length > 0) throw new CannotDo('Type: npm run --silent usher -- bounce < message')
  const reading = await readBounce(await readBeginning(input))
  if (reading.kind !== 'bounce') return { text: SAID[reading.kind], code: 0 }
  try {
    return { text: SAID[await record(readConfig(), reading.bounces)], code: 0 }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { text: `It could not be recorded now, and is to be tried again: ${why}`, code: TRY_AGAIN }
  }
}

/** The rest is taken in too, and let go: a mail server that cannot get rid of it would call that a failure. */
async function readBeginning(input: Readable): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of input) {
    const bytes = Buffer.from(chunk)
    if (length < MOST_READ) chunks.push(bytes)
    length += bytes.length
  }
  return Buffer.concat(chunks).subarray(0, MOST_READ)
}

async function record({ databaseUrl, dataDir }: Config, bounces: BouncedMessage[]): Promise<BounceVerdict> {
  const db = await openDatabase({ url: databaseUrl, dataDir, log: silent, poolSize: 2, waitMs: 0, join: true })
  try {
    if ((await migrationState(db.url)) !== 'current') {
      throw new Error('The tables of this database are not those of this Usher. Start Usher once.')
    }
    const queue = await openQueue({ db, log: silent })
    try {
      const verdicts: BounceVerdict[] = []
      for (const bounce of bounces) {
        verdicts.push(await recordBounce({ db, followUp: queue.followUp, now: () => new Date() }, bounce))
      }
      return verdicts.find((verdict) => verdict !== 'unmatched') ?? 'unmatched'
    } finally {
      await queue.close()
    }
  } finally {
    await db.close()
  }
}
