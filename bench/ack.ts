// `/invites`, 32 at once, until Slack has its acknowledgement: in bursts, and by clients that never pause. Beside it
// Bolt with an empty handler, and with one that writes one row; the same database, the same client, taken in turn.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Figure } from './figure.ts'
import { type LoadResult, sendLoad } from './http-load.ts'
import { startChild } from './support/child.ts'
import { median } from './support/percentile.ts'
import { commandRequest } from './support/slack-request.ts'
import { type Scene, withUsher } from './support/with-usher.ts'

const AT_ONCE = 32
const ROUNDS = 3
const BURSTS = 20
const BURSTS_EVERY = 200
const WITHOUT_PAUSE = 1_600
const WARM_UP = 2 * AT_ONCE
const REACH = 'at most 30 ms'

type Subject = 'usher' | 'oneRow' | 'empty'
type Way = 'bursts' | 'pauseless'
type Round = Record<Subject, Record<Way, LoadResult>>

export function run(): Promise<Figure[]> {
  return withUsher(async (scene) => {
    const oneRow = await startChild('bolt-peer.ts', [scene.databaseUrl])
    scene.closeLater(oneRow.stop)
    const empty = await startChild('bolt-peer.ts')
    scene.closeLater(empty.stop)
    const measureUsher = async () => {
      const measured = await measure(scene.port, () => untilFormsOpened(scene))
      await untilFormsOpened(scene)
      return measured
    }
    const rounds: Round[] = []
    for (let round = 0; round <= ROUNDS; round += 1) {
      rounds.push({
        empty: await measure(empty.port),
        oneRow: await measure(oneRow.port),
        usher: await measureUsher(),
      })
    }
    // The first warms up what is measured.
    return figuresOf(rounds.slice(1))
  })
}

async function measure(port: number, rest = async () => {}): Promise<Record<Way, LoadResult>> {
  const load = (count: number) => ({
    port,
    connections: AT_ONCE,
    warmUp: WARM_UP,
    journeys: Array.from({ length: WARM_UP + count }, () => [{ request: commandRequest(), status: 200 }]),
  })
  const bursts = await sendLoad({ ...load(BURSTS * AT_ONCE), burstsEvery: BURSTS_EVERY })
  await rest()
  return { bursts, pauseless: await sendLoad(load(WITHOUT_PAUSE)) }
}

/** Every command that was acknowledged has opened its form: nothing is left over for what is measured next. */
async function untilFormsOpened({ query, slackCalls }: Scene): Promise<void> {
  const [taken] = await query<{ count: number }>('SELECT count(*)::int AS count FROM "SlackReceipt"')
  // The very first command opened a small window, which was filled.
  while ((await slackCalls('views.open')) < (taken?.count ?? 0)) await sleep(5)
}

function figuresOf(rounds: Round[]): Figure[] {
  const middle = (subject: Subject, way: Way, part: keyof LoadResult) =>
    median(rounds.map((round) => round[subject][way][part]))
  const beside = (limit: 'oneRow' | 'empty', way: Way, part: keyof LoadResult): Figure => {
    const value = middle('usher', way, part)
    const best = middle(limit, way, part)
    const peer = limit === 'empty' ? 'empty Bolt handler' : 'Bolt handler with one row'
    const manner = way === 'bursts' ? `bursts of ${AT_ONCE}` : `${AT_ONCE} clients that never pause`
    const share = { p50: ', half within', p99: ', 99 of 100 within', perSecond: '' }[part]
    return {
      name: `Ack of /invites, ${manner}${share} (limit: ${peer})`,
      value,
      unit: part === 'perSecond' ? '/s' : 'ms',
      limit: best,
      ratio: value / best,
      reach: part === 'p99' ? REACH : '',
    }
  }
  return [
    beside('oneRow', 'bursts', 'p99'),
    beside('empty', 'bursts', 'p99'),
    beside('oneRow', 'bursts', 'p50'),
    beside('oneRow', 'pauseless', 'p99'),
    beside('oneRow', 'pauseless', 'p50'),
    beside('oneRow', 'pauseless', 'perSecond'),
    beside('empty', 'pauseless', 'perSecond'),
  ]
}
