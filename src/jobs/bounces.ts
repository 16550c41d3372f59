// Reads the mailbox that bounces come into: page by page, one message at a time, and each once. A mailbox that is away
// is left alone with growing pauses. The queue sees to it that of many instances one does this.
import type { Log } from '../collaborators.ts'
import type { Database } from '../database/index.ts'
import {
  type BouncedMessage,
  type BounceMailbox,
  type BounceReader,
  type BounceReading,
  createBounceReader,
  type OpenMailbox,
} from '../delivery/index.ts'
import {
  type BouncePlace,
  type BounceVerdict,
  keepBouncePlace,
  readBouncePlace,
  recordBounce,
} from '../invitations/index.ts'
import { breakAfter } from './pauses.ts'
import type { Queue } from './queue.ts'

export type BounceSteps = {
  readPlace: (key: string) => Promise<BouncePlace>
  keepPlace: (key: string, place: BouncePlace) => Promise<void>
  recordBounce: (bounce: BouncedMessage) => Promise<BounceVerdict>
}

export type BounceWork = {
  /** Reads what is there. Throws what the database throws: what was not recorded is read again. */
  run(): Promise<void>
  /** Begins no message any more. */
  stop(): void
}

/** What came of a message: the two of `recordBounce` that something follows from, and what was left alone. */
type Came = Exclude<BounceVerdict, 'unmatched'> | Exclude<BounceReading['kind'], 'bounce'>

const PAGE = 200
/** The rest waits for the next time, so that a mailbox that fills faster than it is read holds nobody up. */
const MOST_PAGES = 25

export function createBounceWork(c: {
  mailbox: BounceMailbox
  reader: BounceReader
  steps: BounceSteps
  now: () => Date
  random: () => number
  log: Log
}): BounceWork {
  const { mailbox, reader, steps, now, log } = c
  let isStopping = false

  async function readAll(open: OpenMailbox, from: BouncePlace): Promise<void> {
    const hasSameNumbers = from.uidValidity === open.uidValidity
    let place: BouncePlace = { uidValidity: open.uidValidity, lastUid: hasSameNumbers ? from.lastUid : 0, ...CALM }
    const came = new Map<Came, number>()
    try {
      for (let page = 0; page < MOST_PAGES && !isStopping; page++) {
        const uids = await open.unreadAfter(place.lastUid, PAGE)
        for (const uid of uids) {
          if (isStopping) break
          const message = await open.read(uid)
          const what = message ? await take(message) : undefined
          // People's own letters, and what nobody can read, stay unread for people.
          if (what === 'failed' || what === 'noted' || what === 'foreign') await open.markRead(uid)
          if (what) came.set(what, (came.get(what) ?? 0) + 1)
          place = { ...place, lastUid: uid }
        }
        if (uids.length < PAGE) break
      }
    } finally {
      await reader.close()
      await steps.keepPlace(mailbox.key, place)
      if (came.size > 0) log.info({ ...Object.fromEntries(came) }, 'Mail that came back was read')
    }
  }

  async function take(message: Uint8Array): Promise<Came> {
    const reading = await reader.read(message)
    if (reading.kind !== 'bounce') return reading.kind
    const verdicts: BounceVerdict[] = []
    for (const bounce of reading.bounces) verdicts.push(await steps.recordBounce(bounce))
    if (verdicts.includes('failed')) return 'failed'
    return verdicts.includes('noted') ? 'noted' : 'foreign'
  }

  return {
    async run() {
      const place = await steps.readPlace(mailbox.key)
      if (place.nextLookAt !== null && place.nextLookAt > now()) return
      try {
        await mailbox.visit((open) => readAll(open, place))
        if (place.troubles > 0) log.info({}, 'The bounce mailbox is back')
      } catch (error) {
        if (!isAway(error)) throw error
        // What was read before it went away is kept.
        const reached = await steps.readPlace(mailbox.key)
        const pause = breakAfter(place.troubles, c.random)
        const nextLookAt = new Date(now().getTime() + pause)
        await steps.keepPlace(mailbox.key, { ...reached, troubles: place.troubles + 1, nextLookAt })
        // Once: the doctor says the rest, and the log says when it is back.
        const say = place.troubles === 0 ? log.warn : log.debug
        say({ reason: error.message, pause }, 'The bounce mailbox cannot be read and is left alone for a while')
      }
    },
    stop() {
      isStopping = true
    },
  }
}

const CALM = { troubles: 0, nextLookAt: null }

/** By its name: an error of the database must not pass for one of the mailbox. */
function isAway(error: unknown): error is Error {
  return error instanceof Error && error.name === 'MailboxAway'
}

/** Takes the queue's asks to read the mailbox. `ask` is the clock's; without a mailbox it does nothing. */
export async function startBounceWork(c: {
  queue: Queue
  db: Database
  bounceMailbox?: BounceMailbox | undefined
  now: () => Date
  random: () => number
  log: Log
}): Promise<{ ask: () => Promise<void>; stop: () => void }> {
  const { queue, db, bounceMailbox: mailbox, now, random, log } = c
  if (!mailbox) return { ask: async () => {}, stop: () => {} }
  const steps: BounceSteps = {
    readPlace: (key) => readBouncePlace(db, key),
    keepPlace: (key, place) => keepBouncePlace(db, key, place),
    recordBounce: (bounce) => recordBounce({ db, followUp: queue.followUp, now }, bounce),
  }
  const work = createBounceWork({ mailbox, reader: createBounceReader(), steps, now, random, log })
  await queue.boss.work('bounces', { pollingIntervalSeconds: 1, notifyPollingIntervalSeconds: 5 }, () => work.run())
  return {
    ask: async () => void (await queue.boss.send('bounces', {})),
    stop: work.stop,
  }
}
