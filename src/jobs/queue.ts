// The durable queue, in the same database as the rows: what must follow an act is committed with the act. The one file
// that opens pg-boss. A job holds ids, never an address, a text or a secret.
import { fromPrisma, type JobInsert, PgBoss } from 'pg-boss'
import type {
  DirectoryWork,
  FollowUp,
  Log,
  News,
  RecordFollowUps,
  RegistrationStep,
  RequestStep,
  Telling,
} from '../collaborators.ts'
import type { Database } from '../database/index.ts'

/**
 * `deliver`: one message out. `notify`: one piece of news to members. `report`: how far a list got. `request`: who has to
 * decide, or what was decided. `remind`: one reminder out. `letter`: one message about somebody's own account. `tell`: news
 * that are not about one invitation. `directory`: the next page of the people and groups in Slack. `bounces`: mail that
 * came back is to be read. `maintenance`: what a clock asks for.
 */
export type QueueName =
  | 'deliver'
  | 'notify'
  | 'report'
  | 'request'
  | 'booking'
  | 'registration'
  | 'remind'
  | 'letter'
  | 'tell'
  | 'directory'
  | 'bounces'
  | 'maintenance'
export type DeliverOrder = { invitationId: string; generation: number }
/** Each side is told by a job of its own, so that a channel in trouble never makes the inviter hear twice. */
export type NotifyOrder = {
  invitationId: string
  news: News
  to: 'channel' | 'inviter'
  /** Of one that was put off: the job that first took it up. */
  noticeId?: string
}
/** `pause`: how long the last look waited, in seconds; it grows while nothing changes. `seen`: what it saw. */
export type ReportOrder = { batchId: string; pause?: number; seen?: string }
export type RequestOrder = { requestId: string; step: RequestStep }
export type BookingOrder = { bookingId: string }
export type RegistrationOrder = { step: RegistrationStep; id: string }
/** `since` (ms since 1970) and `attempts`: of a reminder that is tried again. */
export type RemindOrder = { invitationId: string; generation: number; since?: number; attempts?: number }
export type LetterOrder = { letterId: string } | { forgottenId: string }
/** `begin`: all of the workspace is to be read, now or if it was not since last night. */
export type DirectoryOrder = DirectoryWork | { begin: 'now' | 'due' }
export type TellOrder = { what: Telling; id: string }
export type MaintenanceTask =
  | 'remind'
  | 'digest'
  | 'tend_carried'
  | 'seal'
  | 'seal_all'
  | 'anchor'
  | 'expire'
  | 'purge'
  | 'tend_requests'
  | 'invite_due'
  | 'settle_search'
  | 'bounces'
  | 'read_directory'
  | 'tell_moved'
export type MaintenanceOrder = { task: MaintenanceTask }

/** A job that was put off: the same order again, not before `at`. */
export type PutOff<Order> = { jobId: string; order: Order; at: Date }

export type Queue = {
  boss: PgBoss
  /** See RecordFollowUps. */
  followUp: RecordFollowUps
  /** Ends jobs and files their orders anew for later, in one transaction: none is lost, none is there twice. */
  putOff<Order extends object>(name: QueueName, jobs: PutOff<Order>[]): Promise<void>
  /** Asks for a task of the clock; many instances that ask within `seconds` of each other get it done once. */
  askFor(task: MaintenanceTask, seconds: number): Promise<void>
  /** Gives back the jobs that a program which is gone had in hand. Only for the one program on its database. */
  giveBackAbandoned(): Promise<void>
  /** Whether the queue can take and give jobs now. */
  ready(): Promise<boolean>
  /** How much waits (also for later), runs, and was given up, by queue. */
  counts(): Promise<QueueCount[]>
  close(): Promise<void>
}

export type QueueCount = { queue: string; waiting: number; active: number; dead: number }

const SCHEMA = 'queue'
const DEAD = 'dead'
export const QUEUES: readonly QueueName[] = [
  'deliver',
  'notify',
  'report',
  'request',
  'booking',
  'registration',
  'remind',
  'letter',
  'tell',
  'directory',
  'bounces',
  'maintenance',
]
const DAY = 24 * 60 * 60
// More than a metric needs; a count never reads more rows than this.
const COUNT_LIMIT = 100_000
// Below it a batch that takes long would lose its claim; it is what a crash costs in time on several instances.
const HEARTBEAT_SECONDS = 20
const SUPERVISE_SECONDS = 10
const STATEMENT_LIMIT = 30_000

/** Opens the queue, and makes its tables where they are missing. Takes no job: `startJobs` does. */
export async function openQueue({
  db,
  log,
  now = () => new Date(),
}: {
  db: Database
  log: Log
  now?: () => Date
}): Promise<Queue> {
  // The queue is told how long to wait, not until when: its clock is the database's, which may go otherwise than ours.
  const secondsUntil = (at: Date) => Math.max(0, (at.getTime() - now().getTime()) / 1000)
  const boss = new PgBoss({
    connectionString: givingUp(db.url),
    schema: SCHEMA,
    application_name: 'usher queue',
    max: 4,
    useListenNotify: true,
    schedule: false,
    superviseIntervalSeconds: SUPERVISE_SECONDS,
    monitorIntervalSeconds: SUPERVISE_SECONDS,
  })
  // Without a listener a restart of PostgreSQL would end the process.
  boss.on('error', (error) => log.warn({ reason: error.message }, 'The queue had trouble with the database'))
  boss.on('warning', ({ message }) => log.warn({ reason: message }, 'The queue warns'))
  await boss.start()
  try {
    await makeQueues(boss)
  } catch (error) {
    await boss.stop({ graceful: false })
    throw error
  }
  return {
    boss,
    followUp: async (tx, followUps) => {
      const options = { db: fromPrisma(tx) }
      for (const [name, jobs] of sorted(followUps, secondsUntil)) await boss.insert(name, jobs, options)
    },
    async putOff(name, jobs) {
      if (jobs.length === 0) return
      await db.inTransaction(async (tx) => {
        const options = { db: fromPrisma(tx) }
        const ids = jobs.map((job) => job.jobId)
        await boss.complete(name, ids, null, options)
        await boss.insert(
          name,
          jobs.map(({ order, at }) => ({ data: order, startAfter: secondsUntil(at) })),
          options,
        )
      })
    },
    async askFor(task, seconds) {
      await boss.send('maintenance', { task } satisfies MaintenanceOrder, {
        singletonKey: task,
        singletonSeconds: seconds,
      })
    },
    async giveBackAbandoned() {
      for (const name of QUEUES) {
        const { rows } = await db.pool.query<{ id: string }>(
          `SELECT id FROM ${SCHEMA}.job WHERE name = $1 AND state = 'active'`,
          [name],
        )
        if (rows.length === 0) continue
        const ids = rows.map((row) => row.id)
        await boss.fail(name, ids, { reason: 'the program that had it ended' })
        log.info({ queue: name, jobs: rows.length }, 'Jobs of an earlier run go on')
      }
    },
    async ready() {
      try {
        return (await boss.schemaVersion()) !== null
      } catch {
        return false
      }
    },
    async counts() {
      const { rows } = await db.pool.query<QueueCount>({ name: 'queue-counts', text: COUNTS, values: [QUEUES] })
      return rows
    },
    close: () => boss.stop({ graceful: false }),
  }
}

/** A server that falls silent in the middle of a statement must not keep the workers waiting for TCP to notice. */
function givingUp(url: string): string {
  const changed = new URL(url)
  changed.searchParams.set('query_timeout', String(STATEMENT_LIMIT))
  return changed.href
}

async function makeQueues(boss: PgBoss): Promise<void> {
  const short = { deleteAfterSeconds: 60 * 60, heartbeatSeconds: HEARTBEAT_SECONDS, notify: true }
  await boss.createQueue(DEAD, { retentionSeconds: 7 * DAY, deleteAfterSeconds: DAY })
  // What comes back here was cut short or met a bug: the pauses of a delivery are in deliver.ts.
  const patient = { ...short, retryLimit: 2_000, retryDelay: 1, retryBackoff: true, retryDelayMax: 60 }
  // A batch waits for slow mail servers; a program that died is noticed by its heartbeat, long before.
  const expireInSeconds = 2 * 60 * 60
  await boss.createQueue('deliver', { ...patient, expireInSeconds, retentionSeconds: 30 * DAY, deadLetter: DEAD })
  const towardsSlack = { ...short, retryLimit: 40, retryDelay: 2, retryBackoff: true, retryDelayMax: 30 * 60 }
  const others = ['notify', 'registration', 'booking', 'request', 'report', 'remind', 'letter', 'tell', 'directory']
  for (const name of others) {
    await boss.createQueue(name, { ...towardsSlack, retentionSeconds: 7 * DAY, deadLetter: DEAD })
  }
  // One waits or runs, whatever asks: a slow mailbox is read by one instance, and holds up nothing else.
  await boss.createQueue('bounces', { ...short, policy: 'exclusive', retryLimit: 0, retentionSeconds: 60 * 60 })
  // Asked for again by the clock anyway.
  await boss.createQueue('maintenance', { ...short, retryLimit: 2, retryDelay: 5, retentionSeconds: 60 * 60 })
}

/** The jobs of follow-ups, by queue. */
function sorted(followUps: FollowUp[], secondsUntil: (at: Date) => number): Map<QueueName, JobInsert[]> {
  const jobs = new Map<QueueName, JobInsert[]>()
  const add = (name: QueueName, data: object, notBefore?: Date) => {
    const job = notBefore === undefined ? { data } : { data, startAfter: secondsUntil(notBefore) }
    const others = jobs.get(name)
    if (others) others.push(job)
    else jobs.set(name, [job])
  }
  for (const followUp of followUps) {
    switch (followUp.kind) {
      case 'deliver': {
        const { invitationId, generation, notBefore } = followUp
        add('deliver', { invitationId, generation } satisfies DeliverOrder, notBefore)
        break
      }
      case 'notify': {
        const { invitationId, news } = followUp
        for (const to of ['channel', 'inviter'] as const) {
          add('notify', { invitationId, news, to } satisfies NotifyOrder)
        }
        break
      }
      case 'report':
        add('report', { batchId: followUp.batchId } satisfies ReportOrder, followUp.notBefore)
        break
      case 'request':
        add('request', { requestId: followUp.requestId, step: followUp.step } satisfies RequestOrder)
        break
      case 'registration':
        add('registration', { step: followUp.step, id: followUp.id } satisfies RegistrationOrder)
        break
      case 'remind': {
        const { invitationId, generation } = followUp
        add('remind', { invitationId, generation } satisfies RemindOrder)
        break
      }
      case 'directory':
        add('directory', followUp.order satisfies DirectoryOrder, followUp.notBefore)
        break
      case 'letter':
        add('letter', { letterId: followUp.letterId } satisfies LetterOrder)
        break
      case 'forgotten':
        add('letter', { forgottenId: followUp.forgottenId } satisfies LetterOrder)
        break
      case 'tell':
        add('tell', { what: followUp.what, id: followUp.id } satisfies TellOrder, followUp.notBefore)
        break
      case 'booking':
        add('booking', { bookingId: followUp.bookingId } satisfies BookingOrder, followUp.notBefore)
        break
    }
  }
  return jobs
}

const COUNTS = `
  SELECT q.name AS queue,
    (SELECT count(*)::int FROM (SELECT 1 FROM ${SCHEMA}.job j WHERE j.name = q.name AND j.state IN ('created', 'retry')
      LIMIT ${COUNT_LIMIT}) w) AS waiting,
    (SELECT count(*)::int FROM (SELECT 1 FROM ${SCHEMA}.job j WHERE j.name = q.name AND j.state = 'active'
      LIMIT ${COUNT_LIMIT}) a) AS active,
    (SELECT count(*)::int FROM (SELECT 1 FROM ${SCHEMA}.job j WHERE j.name = '${DEAD}' AND j.source_name = q.name
      AND j.state IN ('created', 'retry') LIMIT ${COUNT_LIMIT}) d) AS dead
  FROM unnest($1::text[]) AS q(name)`
