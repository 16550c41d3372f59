// Who opened their page, and who sent its form: a statistic, gathered beside the answers and written once a second, so
// that no visitor waits for it and a thousand looks of a mail scanner are one row. A crash may lose the last second of it.
import type { Collaborators } from '../collaborators.ts'

export type Openings = {
  /** Notes an opening; the first one counts. */
  note: (invitationId: string) => void
  /** Writes what is noted, now. */
  flush: () => Promise<void>
  /** Writes what is noted, and takes no more. */
  close: () => Promise<void>
}

export type PageOpenings = Openings & {
  /** Notes that the form was sent, whatever came of it; the first time counts. */
  noteStart: (invitationId: string) => void
}

type Step = 'opened' | 'started'

const FLUSH_AFTER = 1_000
/** How many that were written already are remembered, to ask the database less. */
const REMEMBERED = 10_000

export function createOpenings(c: Pick<Collaborators, 'db' | 'now' | 'log'>): PageOpenings {
  const written = { opened: new Set<string>(), started: new Set<string>() }
  let noted = { opened: new Map<string, Date>(), started: new Map<string, Date>() }
  let timer: NodeJS.Timeout | undefined

  async function flush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    const { opened, started } = noted
    noted = { opened: new Map(), started: new Map() }
    // Whoever sends the form without having opened the page here has opened it then.
    const ids = [...new Set([...opened.keys(), ...started.keys()])]
    if (ids.length === 0) return
    try {
      await c.db.pool.query({
        name: 'note-openings',
        text: NOTE_OPENINGS,
        values: [ids, ids.map((id) => opened.get(id) ?? started.get(id)), ids.map((id) => started.get(id) ?? null)],
      })
    } catch (error) {
      c.log.warn({ err: error, openings: ids.length }, 'Openings could not be noted; they are left out of the counts')
      return
    }
    remember(written.opened, ids)
    remember(written.started, started.keys())
  }

  function note(step: Step, invitationId: string): void {
    if (written[step].has(invitationId) || noted[step].has(invitationId)) return
    noted[step].set(invitationId, c.now())
    timer ??= setTimeout(() => void flush(), FLUSH_AFTER)
  }

  return {
    note: (invitationId) => note('opened', invitationId),
    noteStart: (invitationId) => note('started', invitationId),
    flush,
    close: flush,
  }
}

// In the order of the ids, so that two instances that write the same never wait for each other in a circle.
const NOTE_OPENINGS = `
  INSERT INTO "InvitationOpening" ("invitationId", "openedAt", "startedAt")
  SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[]) AS noted("id", "openedAt", "startedAt")
  ORDER BY noted."id"
  ON CONFLICT ("invitationId") DO UPDATE SET "startedAt" = excluded."startedAt"
  WHERE "InvitationOpening"."startedAt" IS NULL AND excluded."startedAt" IS NOT NULL`

function remember(known: Set<string>, ids: Iterable<string>): void {
  for (const id of ids) {
    if (known.size >= REMEMBERED) known.clear()
    known.add(id)
  }
}
