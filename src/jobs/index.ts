// WORKERS: what follows a committed act, later, safely and repeatably. `openQueue` gives the core its follow-ups,
// `startJobs` begins to carry them out.
import { setTimeout as sleep } from 'node:timers/promises'
import { loadLetter, recordLetter, settleForgotten, tellMoved } from '../accounts/index.ts'
import { type AppendAnchor, claimAnchors, fileAnchors, sealEvents } from '../audit/index.ts'
import type { LetGo, Log } from '../collaborators.ts'
import type { Database } from '../database/index.ts'
import type { BounceMailbox, Deliverer } from '../delivery/index.ts'
import {
  type BookingOutcome,
  claimReminders,
  expireInvitations,
  findRulesThatAreOn,
  finishList,
  type ListProgress,
  loadAccountNews,
  loadDeliveries,
  loadNotice,
  loadPauseNotice,
  loadReminders,
  makeListSlips,
  type Notice,
  type PauseNotice,
  placeIn,
  placeNotice,
  readListProgress,
  recordAccountTold,
  recordHandedOver,
  recordMaybeSent,
  recordPermanentFailure,
  recordReminderFailure,
  recordTemporaryFailure,
  renewMoved,
  runAutoPass,
  runBooking,
  settleAsk,
  startDigests,
  tendCarried,
  tendRequests,
} from '../invitations/index.ts'
import { claimText, settleSearch } from '../people/index.ts'
import { createAutoWork } from './auto.ts'
import { startBounceWork } from './bounces.ts'
import { createDeliverWork, type DeliverySteps } from './deliver.ts'
import { type DirectorySource, startDirectoryWork } from './directory.ts'
import { createLetterWork } from './letter.ts'
import { createNotifyWork } from './notify.ts'
import { createPatience } from './patience.ts'
import {
  type BookingOrder,
  type DeliverOrder,
  type LetterOrder,
  type MaintenanceOrder,
  type MaintenanceTask,
  type NotifyOrder,
  QUEUES,
  type Queue,
  type RegistrationOrder,
  type RemindOrder,
  type ReportOrder,
  type RequestOrder,
  type TellOrder,
} from './queue.ts'
import { createRegistrationWork } from './registration.ts'
import { createRemindWork } from './remind.ts'
import { createReportWork } from './report.ts'
import { startSchedule } from './schedule.ts'
import { createTellWork } from './tell.ts'

export { createAnchorFile } from './anchor-file.ts'
export { openQueue, type Queue, type QueueCount } from './queue.ts'

export type JobsOptions = {
  queue: Queue
  db: Database
  /** Derived for JOIN_PURPOSE. */
  joinKey: Buffer
  /** Derived for ONE_TIME_PURPOSE. */
  oneTimeKey: Buffer
  /** Derived for SLIP_PURPOSE. */
  slipKey: Buffer
  /** Derived for RESET_PURPOSE and for the codes of second factors. */
  letterKeys: { resetKey: Buffer; codeKey: Buffer }
  /** Derived for SEAL_PURPOSE. */
  sealKey: Buffer
  /** Undefined where the day's last seal goes into no file. */
  appendAnchor?: AppendAnchor | undefined
  deliverer: Deliverer
  directory: DirectorySource
  letGo: LetGo
  /** Undefined where nobody reads what comes back. */
  bounceMailbox?: BounceMailbox | undefined
  /** May throw an error with `retryAfter` (seconds). */
  postNotice: (notice: Notice, to: 'channel' | 'inviter') => Promise<void>
  /** Tells somebody that what they had booked was refused. */
  showBooking: (outcome: BookingOutcome) => Promise<void>
  /** Asks those who decide on a request, or tells what was decided. May throw an error with `retryAfter` (seconds). */
  showRequest: (order: RequestOrder) => Promise<void>
  /** Tells members what is not about one invitation. May throw an error with `retryAfter` (seconds). */
  tell: (order: TellOrder) => Promise<void>
  /** Tells the owner of a registration link that it was paused. May throw an error with `retryAfter` (seconds). */
  showPause: (notice: PauseNotice) => Promise<void>
  /** Brings a list's one message up to date. May throw an error with `retryAfter` (seconds). */
  showProgress: (progress: ListProgress) => Promise<void>
  /** Removes what is kept for a day only. */
  purge: () => Promise<unknown>
  /** True where no other program works on this database: what an earlier run had in hand then goes on at once. */
  isAlone?: boolean
  /** News that a place is told one by one in a minute: five where it is not said otherwise. */
  noticesAtOnce?: number | undefined
  /** Whether the clock runs: yes where it is not said otherwise. */
  schedule?: boolean
  now: () => Date
  random?: () => number
  log: Log
}

export type Jobs = {
  /** Takes no new work and lets what runs end, for at most `withinMs`; what was not begun stays in the queue. */
  stop(options: { withinMs: number }): Promise<void>
}

const BATCH = 50
// Two batches at a time: while the last messages of one are on their way, those of the next fill the free connections.
const DELIVERERS = 2

/** Begins to work. The queue stays open when the jobs stop: `queue.close()` is the opener's. */
export async function startJobs(c: JobsOptions): Promise<Jobs> {
  const { queue, db, now, log } = c
  const isReachable = () =>
    db.ping().then(
      () => true,
      () => false,
    )
  const patience = createPatience({ isReachable, log })
  const { putOff } = queue
  const random = c.random ?? Math.random
  const deliverWork = createDeliverWork({
    steps: deliverySteps(c),
    deliverer: c.deliverer,
    putOff,
    patience,
    now,
    random,
    log,
  })
  const notifyWork = createNotifyWork({
    loadNotice: (order) => loadNotice(db, order),
    place: async (notice, { to, noticeId }) => {
      const place = placeIn(notice, to)
      const { organisationId, invitationId, news } = notice
      if (place === undefined) return 'tell'
      const placed = { noticeId, organisationId, place, invitationId, news }
      return placeNotice({ db, followUp: queue.followUp, now }, placed, c.noticesAtOnce)
    },
    postNotice: c.postNotice,
    putOff,
    now,
    log,
  })
  const reportWork = createReportWork({
    steps: {
      readProgress: (batchId) => readListProgress(db, batchId),
      makeSlips: (batchId) => makeListSlips({ db, now, slipKey: c.slipKey }, batchId),
      finish: (batchId) => finishList(db, batchId, now()),
      showProgress: c.showProgress,
    },
    putOff,
    now,
    log,
  })
  const letterWork = createLetterWork({
    steps: {
      loadLetter: (letterId) => loadLetter({ db, now, ...c.letterKeys }, letterId),
      recordLetter: (letterId, outcome) => recordLetter({ db, now }, letterId, outcome),
      settleForgotten: (forgottenId) =>
        settleForgotten({ db, now, followUp: queue.followUp, canText: c.deliverer.hasSms }, forgottenId),
      claimText: (text) => claimText({ db, now }, text),
    },
    deliverer: c.deliverer,
    putOff,
    patience,
    now,
    random,
    log,
  })
  const registrationWork = createRegistrationWork({
    steps: {
      settle: (askId) => settleAsk({ db, followUp: queue.followUp, now }, askId),
      loadAccountNews: (askId) => loadAccountNews(db, askId),
      recordAccountTold: (askId) => recordAccountTold({ db, now }, askId),
      loadPauseNotice: (linkId) => loadPauseNotice(db, linkId),
      showPause: c.showPause,
    },
    deliverer: c.deliverer,
    putOff,
    now,
    log,
  })
  const remindWork = createRemindWork({
    steps: {
      loadReminders: (orders) => loadReminders({ db, now, joinKey: c.joinKey, oneTimeKey: c.oneTimeKey }, orders),
      recordReminderFailure: (failure) => recordReminderFailure({ db, now }, failure),
      claimText: (text) => claimText({ db, now }, text),
    },
    deliverer: c.deliverer,
    putOff,
    now,
    random,
    log,
  })
  const tellWork = createTellWork({ tell: c.tell, putOff, now, log })
  const bounces = await startBounceWork({ ...c, random })
  const tasks: Record<MaintenanceTask, () => Promise<unknown>> = {
    seal: () => sealEvents({ db, now, followUp: queue.followUp, sealKey: c.sealKey }),
    seal_all: () => sealEvents({ db, now, followUp: queue.followUp, sealKey: c.sealKey }, { everything: true }),
    anchor: async () => {
      await claimAnchors({ db, now, followUp: queue.followUp })
      if (c.appendAnchor) await fileAnchors({ db, now }, c.appendAnchor)
    },
    expire: () => expireInvitations({ db, followUp: queue.followUp, now }),
    purge: c.purge,
    settle_search: () => settleSearch(db),
    invite_due: createAutoWork({
      findRules: () => findRulesThatAreOn(db),
      runPass: (ruleId) => runAutoPass({ db, followUp: queue.followUp, letGo: c.letGo, now }, ruleId),
      log,
    }),
    tell_moved: async () => {
      await tellMoved({ db, followUp: queue.followUp, now })
      await renewMoved({ db, followUp: queue.followUp, now })
    },
    tend_carried: () => tendCarried({ db, followUp: queue.followUp, now }),
    remind: () => claimReminders({ db, followUp: queue.followUp, now }),
    digest: () => startDigests({ db, followUp: queue.followUp, now }),
    tend_requests: () => tendRequests({ db, followUp: queue.followUp, now }),
    bounces: bounces.ask,
    read_directory: () => directory.ask(),
  }
  // A new job rings; the slow look is for what was put off, and for a bell that was not heard.
  const looking = { pollingIntervalSeconds: 1, notifyPollingIntervalSeconds: 2 }
  // A week's requests may lapse in one minute: the next is taken at once.
  const oneByOne = { ...looking, burstWhenBatchFull: true }
  const batches = { batchSize: BATCH, burstWhenBatchFull: true, perJobResults: true as const, ...looking }

  if (c.isAlone) await queue.giveBackAbandoned()
  await queue.boss.work<DeliverOrder>('deliver', { ...batches, localConcurrency: DELIVERERS }, (jobs) =>
    deliverWork.run(jobs),
  )
  await queue.boss.work<NotifyOrder>('notify', { ...batches, batchSize: 10 }, notifyWork)
  await queue.boss.work<ReportOrder>('report', { ...batches, batchSize: 10 }, reportWork)
  await queue.boss.work<RequestOrder>('request', oneByOne, async ([job]) => {
    if (job) await c.showRequest(job.data)
  })
  await queue.boss.work<RemindOrder>('remind', { ...batches, batchSize: 10 }, remindWork)
  await queue.boss.work<TellOrder>('tell', { ...batches, batchSize: 10 }, tellWork)
  await queue.boss.work<RegistrationOrder>('registration', { ...batches, batchSize: 10 }, registrationWork)
  await queue.boss.work<LetterOrder>('letter', { ...batches, batchSize: 10 }, letterWork)
  const sending = { db, followUp: queue.followUp, now, canText: c.deliverer.hasSms, slipKey: c.slipKey }
  await queue.boss.work<BookingOrder>('booking', oneByOne, async ([job]) => {
    if (job) await c.showBooking(await runBooking(sending, job.data.bookingId))
  })
  const directory = await startDirectoryWork({ ...c, options: looking, isStart: c.schedule !== false })
  await queue.boss.work<MaintenanceOrder>('maintenance', looking, async ([job]) => {
    if (job) await tasks[job.data.task]()
  })
  const stopSchedule = c.schedule === false ? () => {} : startSchedule({ queue, log })

  return {
    async stop({ withinMs }) {
      stopSchedule()
      deliverWork.stop()
      bounces.stop()
      const ended = Promise.all(QUEUES.map((name) => queue.boss.offWork(name, { wait: true }))).then(() => 'ended')
      const outcome = await Promise.race([ended, sleep(withinMs, 'late', { ref: false })])
      patience.giveUp()
      if (outcome === 'late') log.warn({}, 'Some work did not end in time; it goes on at the next start')
    },
  }
}

function deliverySteps(c: JobsOptions): DeliverySteps {
  const core = { db: c.db, followUp: c.queue.followUp, now: c.now, joinKey: c.joinKey, oneTimeKey: c.oneTimeKey }
  return {
    loadDeliveries: (orders) => loadDeliveries(core, orders),
    recordHandedOver: (handed) => recordHandedOver(core, handed),
    recordTemporaryFailure: (failure) => recordTemporaryFailure(core, failure),
    recordPermanentFailure: (failure) => recordPermanentFailure(core, failure),
    recordMaybeSent: (uncertain) => recordMaybeSent(core, uncertain),
    claimText: (text) => claimText(core, text),
  }
}
