// Whoever has a registration link's address looks at its page: which hub, which organisation, and nothing else.
import type { Database } from '../../database/index.ts'
import { knownLanguage, type Language } from '../../languages/index.ts'
import { Refusal } from '../../refusal.ts'
import { stateOf } from './link-rules.ts'
import { isRegisterToken, readLinkId } from './register-token.ts'
import { type LinkRow, READ_LINK } from './store.ts'

export type RegisterPage = { linkId: string; organisationName: string; hubName: string; language: Language }

// Looked up where the token names no link, so that a bad token costs the same statement as a good one.
const NOBODY = '00000000-0000-0000-0000-000000000000'

export type LinkReader = { db: Database; now: () => Date; registerKey: Buffer }

/**
 * What the registration page shows. Changes nothing. Throws Refusal `link_dead` for a token that is unknown or renewed,
 * and for a link that is off, paused, ended, used up, or whose owner may not invite any more: one as fast as the other.
 */
export async function openRegistrationLink(c: LinkReader, token: string): Promise<RegisterPage> {
  const { id, organisationName, hubName, language } = await findUsableLink(c, token)
  return { linkId: id, organisationName, hubName, language: knownLanguage(language) }
}

/** The link behind a token. Throws Refusal `link_dead`. */
export async function findUsableLink(c: LinkReader, token: string): Promise<LinkRow> {
  const id = readLinkId(token) ?? NOBODY
  const { rows } = await c.db.pool.query<LinkRow>({ name: 'open-registration-link', text: READ_LINK, values: [id] })
  const [row] = rows
  // The comparison is made for an unknown id too, so that no answer is faster than another.
  const fits = isRegisterToken(c.registerKey, token, row ?? { organisationId: NOBODY, id, generation: 0 })
  if (!row || stateOf(row, c.now()) !== 'on' || !fits) throw new Refusal('link_dead')
  return row
}
