// The clock. It does nothing itself: it asks the queue for a task, so that of many instances one does it. In UTC, which
// knows no daylight saving; a task works out what is due, so one that was missed is made good by the next.
import cron from 'node-cron'
import type { Log } from '../collaborators.ts'
import type { MaintenanceTask, Queue } from './queue.ts'

/**
 * In the middle of the minute and of the hour: the queue counts "once" in whole ones by the database's clock, and ours
 * may be half of one off.
 */
const TIMETABLE: { task: MaintenanceTask; at: string; seconds: number }[] = [
  { task: 'expire', at: '30 * * * * *', seconds: 60 },
  { task: 'seal', at: '15,45 * * * * *', seconds: 30 },
  { task: 'seal_all', at: '0 30 * * * *', seconds: 60 * 60 },
  { task: 'anchor', at: '0 10 * * * *', seconds: 60 * 60 },
  { task: 'remind', at: '25 * * * * *', seconds: 60 },
  { task: 'digest', at: '55 * * * * *', seconds: 60 },
  { task: 'settle_search', at: '50 * * * * *', seconds: 60 },
  { task: 'tell_moved', at: '10 * * * * *', seconds: 60 },
  { task: 'tend_carried', at: '20 * * * * *', seconds: 60 },
  { task: 'tend_requests', at: '40 * * * * *', seconds: 60 },
  { task: 'bounces', at: '5,35 * * * * *', seconds: 30 },
  { task: 'invite_due', at: '30 2-59/5 * * * *', seconds: 5 * 60 },
  { task: 'purge', at: '30 30 * * * *', seconds: 60 * 60 },
  { task: 'read_directory', at: '20 20 * * * *', seconds: 60 * 60 },
]

/**
 * Starts the clock; the result stops it. node-cron says when, the waiting is done here: 4.6.0 takes the time with
 * Date#setMilliseconds, which in the hour that summer time repeats goes back by an hour wherever this machine is, and
 * then looks a thousand times a second and fires nothing.
 */
export function startSchedule({ queue, log }: { queue: Pick<Queue, 'askFor'>; log: Log }): () => void {
  const stops = TIMETABLE.map(({ task, at, seconds }) =>
    repeat(at, async () => {
      try {
        await queue.askFor(task, seconds)
      } catch (error) {
        log.warn({ err: error, task }, 'A task could not be asked for; the next time will do')
      }
    }),
  )
  return () => {
    for (const stop of stops) stop()
  }
}

function repeat(at: string, work: () => Promise<void>): () => void {
  const timetable = cron.createTask(at, work, { timezone: 'UTC' })
  let timer: NodeJS.Timeout
  function wait(): void {
    const [next] = timetable.getNextRuns(1)
    if (next === undefined) throw new Error(`No moment fits ${at}`)
    timer = setTimeout(
      () => {
        wait()
        void work()
      },
      Math.max(0, next.getTime() - Date.now()),
    )
  }
  wait()
  return () => {
    clearTimeout(timer)
    void timetable.destroy()
  }
}
