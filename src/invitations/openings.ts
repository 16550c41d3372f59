// Who opened their page: a statistic, gathered beside the answers and written once a second, so that no visitor waits
// for it and a thousand looks of a mail scanner are one row. A crash may lose the last second of it.
import type { Collaborators } from '../collaborators.ts'

export type Openings = {
  /** Notes an opening; the first one counts. */
  note: (invitationId: string) => void
  /** Writes what is noted, now. */
  flush: () => Promise<void>
  /** Writes what is noted, and takes no more. */
  close: () => Promise<void>
}

const FLUSH_AFTER = 1_000
/** How many that were written already are remembered, to ask the database less. */
const REMEMBERED = 10_000

export function createOpenings(c: Pick<Collaborators, 'db' | 'now' | 'log'>): Openings {
  const written = new Set<string>()
  let noted = new Map<string, Date>()
  let timer: NodeJS.Timeout | undefined

  async function flush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    const openings = noted
    noted = new Map()
    if (openings.size === 0) return
    try {
      await c.db.pool.query({
        name: 'note-openings',
        text: `INSERT INTO "InvitationOpening" ("invitationId", "openedAt")
          SELECT * FROM unnest($1::uuid[], $2::timestamptz[]) ON CONFLICT DO NOTHING`,
        values: [[...openings.keys()], [...openings.values()]],
      })
    } catch (error) {
      c.log.warn(
        { err: error, openings: openings.size },
        'Openings could not be noted; they are left out of the counts',
      )
      return
    }
    if (written.size + openings.size > REMEMBERED) written.clear()
    for (const id of openings.keys()) written.add(id)
  }

  return {
    note(invitationId) {
      if (written.has(invitationId) || noted.has(invitationId)) return
      noted.set(invitationId, c.now())
      timer ??= setTimeout(() => void flush(), FLUSH_AFTER)
    },
    flush,
    close: flush,
  }
}
