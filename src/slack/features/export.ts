// `/invites export people`: what somebody may see, as CSV files in their messages with the app.
import { WebAPIPlatformError, WebClient } from '@slack/web-api'
import { recordExport } from '../../audit/index.ts'
import { exportInvitations } from '../../invitations/index.ts'
import { grantsOf, reachOf } from '../../organisation/index.ts'
import { exportPeople } from '../../people/index.ts'
import { Refusal } from '../../refusal.ts'
import { escapeText } from '../blocks.ts'
import { clientOptions } from '../client.ts'
import { inParts } from '../csv-parts.ts'
import type { ActionVisit, CommandVisit, Feature, Visit } from '../feature.ts'

/** A file is held in memory while it goes up, so a long export comes in several: each opens in any spreadsheet. */
const FILE_BYTES = 8 * 1024 * 1024
const MOST_FILES = 30
/** For one file to go up, in ms: longer than an answer of Slack may take. */
const UPLOAD_WITHIN = 60_000

type Exported = 'people' | 'invitations'

const EXPORTS = { people: exportPeople, invitations: exportInvitations }

export const exporting: Feature = {
  name: 'export',
  command: {
    word: 'export',
    usage: 'export people | invitations',
    purpose: 'sends you the people, or the invitations, as a CSV file',
    run,
  },
  actions: {
    export_people: (visit) => runFromHome(visit, 'people'),
    export_invitations: (visit) => runFromHome(visit, 'invitations'),
  },
}

async function run(visit: CommandVisit): Promise<void> {
  const { member, organisation, command } = visit
  if (grantsOf(member, organisation).length === 0) throw new Refusal('may_not_invite')
  const what = visit.rest.trim().toLowerCase()
  if (what !== 'people' && what !== 'invitations') {
    const text = `Say what you want as a file: \`${escapeText(command)} export people\` or \`${escapeText(command)} export invitations\`.`
    return visit.answer({ text })
  }
  await send(visit, what, (text) => visit.answer({ text }))
}

/** From the Home tab there is nowhere to answer but in the messages with the app, where the files come too. */
async function runFromHome(visit: ActionVisit, what: Exported): Promise<void> {
  if (grantsOf(visit.member, visit.organisation).length === 0) throw new Refusal('may_not_invite')
  await send(visit, what, (text) => visit.replace({ text }))
}

async function send(visit: Visit, what: Exported, say: (text: string) => Promise<void>): Promise<void> {
  const { c, client, member, organisation } = visit
  const viewer = { organisationId: organisation.id, reach: reachOf(member, organisation) }
  await recordExport(c, {
    organisation: { id: organisation.id, name: organisation.displayName },
    actor: { id: member.id, name: member.name },
    what,
    origin: 'slack',
  })
  await say(`The ${what} that you can see are being written into a file. It comes as a message from this app.`)
  const { channel } = await client.chat.postMessage({ channel: visit.userId, text: `Your export of ${what}:` })
  const uploader = new WebClient(client.token, { ...clientOptions(client.slackApiUrl), timeout: UPLOAD_WITHIN })
  let files = 0
  try {
    for await (const part of inParts(EXPORTS[what](c.db, viewer), FILE_BYTES)) {
      if (files === MOST_FILES) {
        await client.chat.postMessage({
          channel: visit.userId,
          text: `These are the first ${MOST_FILES} files; there is more. Ask whoever runs Usher for the rest.`,
        })
        return
      }
      files += 1
      await uploader.filesUploadV2({
        channel_id: channel ?? '',
        filename: fileName(what, { part: files, isOnly: part.isFirst && part.isLast, now: c.now() }),
        title: files === 1 ? `All ${what}` : `All ${what}, part ${files}`,
        file: part.content,
      })
    }
  } catch (error) {
    if (!(error instanceof WebAPIPlatformError) || error.data.error !== 'missing_scope') throw error
    await say('The app may not upload files: ask whoever runs Usher to give it the scope files:write.')
  }
}

function fileName(what: string, { part, isOnly, now }: { part: number; isOnly: boolean; now: Date }): string {
  return `${what}-${now.toISOString().slice(0, 10)}${isOnly ? '' : `-${part}`}.csv`
}
