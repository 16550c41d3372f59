// `/invites export people`: what somebody may see, as CSV files in their messages with the app.
import { WebAPIPlatformError, WebClient } from '@slack/web-api'
import { exportInvitations } from '../../invitations/index.ts'
import { grantsOf, reachOf } from '../../organisation/index.ts'
import { exportPeople } from '../../people/index.ts'
import { Refusal } from '../../refusal.ts'
import { escapeText } from '../blocks.ts'
import { clientOptions } from '../client.ts'
import { inParts } from '../csv-parts.ts'
import type { CommandVisit, Feature } from '../feature.ts'

/** A file is held in memory while it goes up, so a long export comes in several: each opens in any spreadsheet. */
const FILE_BYTES = 8 * 1024 * 1024
const MOST_FILES = 30
/** For one file to go up, in ms: longer than an answer of Slack may take. */
const UPLOAD_WITHIN = 60_000

const EXPORTS = { people: exportPeople, invitations: exportInvitations }

export const exporting: Feature = {
  name: 'export',
  command: {
    word: 'export',
    usage: 'export people | invitations',
    purpose: 'sends you the people, or the invitations, as a CSV file',
    run,
  },
}

async function run(visit: CommandVisit): Promise<void> {
  const { c, client, member, organisation, command } = visit
  if (grantsOf(member, organisation).length === 0) throw new Refusal('may_not_invite')
  const what = visit.rest.trim().toLowerCase()
  if (what !== 'people' && what !== 'invitations') {
    const text = `Say what you want as a file: \`${escapeText(command)} export people\` or \`${escapeText(command)} export invitations\`.`
    return visit.answer({ text })
  }
  const viewer = { organisationId: organisation.id, reach: reachOf(member, organisation) }
  await visit.answer({
    text: `The ${what} that you can see are being written into a file. It comes as a message from this app.`,
  })
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
    await visit.answer({
      text: 'The app may not upload files: ask whoever runs Usher to give it the scope files:write.',
    })
  }
}

function fileName(what: string, { part, isOnly, now }: { part: number; isOnly: boolean; now: Date }): string {
  return `${what}-${now.toISOString().slice(0, 10)}${isOnly ? '' : `-${part}`}.csv`
}
