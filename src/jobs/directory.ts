// Reads the people and groups of the Slack workspace, one page or one group a job. The rows say how far a reading got: a
// job that comes twice, or from two programs, is done once.
import type { LetGo, Log } from '../collaborators.ts'
import type { Database } from '../database/index.ts'
import {
  beginPass,
  type DirectoryAnswer,
  type DirectoryQuestion,
  DirectoryUnread,
  type GroupToRead,
  loadGroupToRead,
  loadPassStep,
  notePassTrouble,
  type PassStep,
  takeGroupRead,
  takePassStep,
} from '../people/index.ts'
import type { JobResult } from './deliver.ts'
import { retryAfterOf } from './notify.ts'
import type { DirectoryOrder, PutOff, Queue } from './queue.ts'

export type DirectoryJob = { id: string; data: DirectoryOrder }

/** How Slack is read. Both may throw an error with `retryAfter` (seconds), and DirectoryUnread. */
export type DirectorySource = {
  /** Gives the organisation of the workspace, met for the first time where it has to be. */
  meetWorkspace: () => Promise<string>
  read: (question: DirectoryQuestion) => Promise<DirectoryAnswer>
}

/**
 * Begins to take jobs, and with `isStart` asks for a reading of all: of programs that start within a minute, one does it.
 * `ask` asks for one where none was begun since last night.
 */
export async function startDirectoryWork(c: {
  directory: DirectorySource
  queue: Queue
  db: Database
  letGo: LetGo
  isStart: boolean
  options: { pollingIntervalSeconds: number; notifyPollingIntervalSeconds: number }
  now: () => Date
  log: Log
}): Promise<{ ask: () => Promise<unknown> }> {
  const { directory, queue, db, letGo, now, log } = c
  const core = { db, followUp: queue.followUp, letGo, now }
  const work = createDirectoryWork({
    steps: {
      begin: async ({ begin }) => beginPass(core, await directory.meetWorkspace(), { onlyIfDue: begin === 'due' }),
      loadStep: (order) => loadPassStep(db, order),
      takeStep: (step, answer) => takePassStep(core, step, answer),
      noteTrouble: (order, trouble) => notePassTrouble(db, order, trouble),
      loadGroup: (groupId) => loadGroupToRead(db, groupId),
      takeGroup: (group, answer) => takeGroupRead(core, group, answer),
    },
    read: directory.read,
    putOff: queue.putOff,
    now,
    log,
  })
  const batches = { ...c.options, batchSize: 5, burstWhenBatchFull: true, perJobResults: true as const }
  await queue.boss.work<DirectoryOrder>('directory', batches, work)
  const send = (order: DirectoryOrder, options = {}) => queue.boss.send('directory', order, options)
  if (c.isStart) await send({ begin: 'now' }, { singletonKey: 'start', singletonSeconds: 60 })
  return { ask: () => send({ begin: 'due' }) }
}

export type DirectorySteps = {
  /** Meets the workspace, and begins to read all of it. */
  begin: (order: { begin: 'now' | 'due' }) => Promise<unknown>
  loadStep: (order: { passId: string; step: number }) => Promise<PassStep | undefined>
  takeStep: (step: PassStep, answer: DirectoryAnswer | undefined) => Promise<void>
  noteTrouble: (order: { passId: string; step: number }, trouble: { problem: string; nextAt?: Date }) => Promise<void>
  loadGroup: (groupId: string) => Promise<GroupToRead | undefined>
  takeGroup: (group: GroupToRead, answer: DirectoryAnswer) => Promise<void>
}

/** Works through a batch, one after the other; what fails is tried again by the queue, with its growing pauses. */
export function createDirectoryWork(c: {
  steps: DirectorySteps
  read: DirectorySource['read']
  putOff: Queue['putOff']
  now: () => Date
  log: Log
}): (jobs: DirectoryJob[]) => Promise<JobResult[]> {
  const { steps, read } = c

  async function carryOut(order: DirectoryOrder): Promise<void> {
    if ('begin' in order) {
      await steps.begin(order)
    } else if ('groupId' in order) {
      const group = await steps.loadGroup(order.groupId)
      if (group) await steps.takeGroup(group, await read(group.question))
    } else {
      const step = await steps.loadStep(order)
      if (step) await steps.takeStep(step, step.question && (await read(step.question)))
    }
  }

  async function noteTrouble(order: DirectoryOrder, trouble: { problem: string; nextAt?: Date }): Promise<void> {
    if ('passId' in order) await steps.noteTrouble(order, trouble)
  }

  return async (jobs) => {
    const results: JobResult[] = []
    const putOff: PutOff<DirectoryOrder>[] = []
    for (const { id, data } of jobs) {
      try {
        await carryOut(data)
        results.push({ id, status: 'completed' })
      } catch (error) {
        const seconds = retryAfterOf(error)
        if (seconds !== undefined) {
          const at = new Date(c.now().getTime() + seconds * 1_000)
          await noteTrouble(data, { problem: 'ratelimited', nextAt: at })
          putOff.push({ jobId: id, order: data, at })
          results.push({ id, status: 'completed' })
          continue
        }
        c.log.warn({ err: error, ...data }, 'Slack’s people and groups could not be read yet')
        await noteTrouble(data, { problem: error instanceof DirectoryUnread ? error.code : 'fault' })
        results.push({ id, status: 'failed', output: { reason: 'not read; see the log' } })
      }
    }
    await c.putOff('directory', putOff)
    return results
  }
}
