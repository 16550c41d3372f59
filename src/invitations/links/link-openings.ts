// How often the pages of registration links were opened: counted beside the answers and written once a second, so that
// no visitor waits for it. A crash may lose the last second of it.
import type { Collaborators } from '../../collaborators.ts'
import type { Openings } from '../openings.ts'

const FLUSH_AFTER = 1_000

/** Counts openings by the link's id; every one counts. */
export function createLinkOpenings(c: Pick<Collaborators, 'db' | 'log'>): Openings {
  let noted = new Map<string, number>()
  let timer: NodeJS.Timeout | undefined

  async function flush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    const openings = noted
    noted = new Map()
    if (openings.size === 0) return
    try {
      await c.db.pool.query({
        name: 'note-link-openings',
        text: `UPDATE "RegistrationLink" l SET "opened" = l."opened" + o."times"
          FROM unnest($1::uuid[], $2::int[]) AS o("id", "times") WHERE l."id" = o."id"`,
        values: [[...openings.keys()], [...openings.values()]],
      })
    } catch (error) {
      c.log.warn({ err: error }, 'Openings of registration links could not be noted; they are left out of the counts')
    }
  }

  return {
    note(linkId) {
      noted.set(linkId, (noted.get(linkId) ?? 0) + 1)
      timer ??= setTimeout(() => void flush(), FLUSH_AFTER)
    },
    flush,
    close: flush,
  }
}
