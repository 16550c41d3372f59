// The language of the installation: what a browser is answered in that wishes for none that is spoken here, on pages that
// belong to no organisation. Known without waiting, so that no page depends on it.
import type { Collaborators } from '../collaborators.ts'
import { firstLanguage, knownLanguage, type Language } from '../languages/index.ts'

/** How long an answer counts, in ms. */
const COUNTS_FOR = 60_000

/**
 * Gives a function that says the language of the only organisation, or the first one of the registry where there are
 * several organisations or none. It looks again, in the background, when its answer is older than a minute.
 */
export function createUsualLanguage({ db, now }: Pick<Collaborators, 'db' | 'now'>): () => Language {
  let language = firstLanguage
  let askedAt: number | undefined
  async function look(): Promise<void> {
    const [one, another] = await db.prisma.organisation.findMany({ select: { language: true }, take: 2 })
    language = one && !another ? knownLanguage(one.language) : firstLanguage
  }
  const current = () => {
    const at = now().getTime()
    if (askedAt === undefined || at - askedAt >= COUNTS_FOR) {
      askedAt = at
      // During an outage the last answer counts on.
      look().catch(() => undefined)
    }
    return language
  }
  current()
  return current
}
