// From the settings: how the reading of people and groups from Slack goes, which groups there are, and "Look again now".
import type { KnownBlock, ModalView } from '@slack/types'
import { isCorporateAdmin } from '../../organisation/index.ts'
import { beginPass, listGroups, readDirectoryState } from '../../people/index.ts'
import { Refusal } from '../../refusal.ts'
import { actions, button, context, escapeText, plain, section } from '../blocks.ts'
import { lastReadWords, runningWords, troubleIn } from '../directory-words.ts'
import type { Feature, Visit } from '../feature.ts'
import { people } from '../list-views.ts'

export const DIRECTORY_OPEN = 'directory_open'
const LOOK_AGAIN = 'directory_look_again'
const SHOW_ANEW = 'directory_show_anew'
/** How many groups are listed; of more it is said that there are more. */
const LISTED = 40

export const directory: Feature = {
  name: 'directory',
  actions: {
    [DIRECTORY_OPEN]: async (visit) => {
      const view = await directoryView(visit)
      await (visit.view ? visit.push(view) : visit.open(view))
    },
    [LOOK_AGAIN]: async (visit) => {
      ensureAdmin(visit)
      await beginPass(visit.c, visit.organisation.id)
      await visit.update(await directoryView(visit))
    },
    [SHOW_ANEW]: async (visit) => visit.update(await directoryView(visit)),
  },
}

function ensureAdmin({ member, organisation }: Visit): void {
  if (!isCorporateAdmin(member, organisation)) throw new Refusal('may_not_change_settings')
}

/** One line for the menu of the settings. */
export async function directoryLine({ c, organisation }: Visit): Promise<string> {
  const state = await readDirectoryState(c.db, organisation.id)
  return [lastReadWords(state, c.now()), runningWords(state)].filter(Boolean).join('\n')
}

async function directoryView(visit: Visit): Promise<ModalView> {
  ensureAdmin(visit)
  const { c, organisation } = visit
  const [state, groups] = await Promise.all([
    readDirectoryState(c.db, organisation.id),
    listGroups(c.db, { organisationId: organisation.id, withGone: true, limit: LISTED + 1 }),
  ])
  const [last, running] = [lastReadWords(state, c.now()), runningWords(state)]
  const blocks: KnownBlock[] = [
    ...(last ? [section(last)] : []),
    ...(running ? [section(troubleIn(state) ? `:warning: ${running}` : running)] : []),
    ...actions([
      button(LOOK_AGAIN, 'Look again now', running ? {} : { style: 'primary' }),
      ...(running ? [button(SHOW_ANEW, 'Show how far it got')] : []),
    ]),
    context('Slack is read at every start and every night; what changes in between is heard of at once.'),
    { type: 'divider' },
    section(`*Groups*\n${groupWords(groups)}`),
  ]
  return { type: 'modal', title: plain('Directory', 24), close: plain('Back', 24), blocks }
}

function groupWords(groups: Awaited<ReturnType<typeof listGroups>>): string {
  if (groups.length === 0) return 'There are none yet.'
  const lines = groups
    .slice(0, LISTED)
    .map(({ shown, members, isGone }) =>
      isGone ? `${escapeText(shown)} · not there any more` : `${escapeText(shown)} · ${people(members)}`,
    )
  return lines.join('\n') + (groups.length > LISTED ? '\n… and more' : '')
}
