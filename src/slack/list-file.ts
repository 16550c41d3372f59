// A file of people, from Slack to a draft: read behind a small view, because Slack waits 3 s and files take longer.
import { setTimeout as sleep } from 'node:timers/promises'
import type { ModalView } from '@slack/types'
import { WebAPIPlatformError } from '@slack/web-api'
import type { ReadRow } from '../invitations/index.ts'
import { readPeopleFile, UnreadableList } from '../people/index.ts'
import { explain, notice } from './dispatch.ts'
import { downloadFile, FileUnavailable } from './download-file.ts'
import type { SlackFile, SubmissionResult, SubmissionVisit } from './feature.ts'
import { wordsForUnreadable } from './list-words.ts'

/** Somebody waits in front of the small view: it is not left standing for one answer that Slack refused. */
const TRIES = 4
const PAUSE = 1_000
const LONGEST_PAUSE = 30_000

/** The file that is in the form now, or the id of the one that was in it before "Back". */
export type ChosenFile = SlackFile | { keptId: string }

/**
 * Reads the file after Slack was answered, and shows what `judge` makes of its rows; when it cannot be read, shows the
 * form again (`retry`), with the reason on top and everything that was chosen.
 */
export function readBehindNotice(
  visit: SubmissionVisit,
  chosen: ChosenFile,
  steps: {
    judge: (rows: AsyncIterable<ReadRow[]>, file: SlackFile) => Promise<ModalView>
    retry: (problem: string) => Promise<ModalView>
  },
): SubmissionResult {
  const read = async () => {
    const file = 'keptId' in chosen ? await findKept(visit, chosen.keptId) : chosen
    return steps.judge(rowsIn(await downloadFile(visit.fileSource, file), visit.organisation.smsCountries), file)
  }
  return {
    show: notice('Check the list', 'The file is being read …'),
    after: async () => {
      let view: ModalView
      try {
        view = await read()
      } catch (error) {
        const problem = problemOf(visit, error)
        // Whoever may not even open the form any more is told that.
        view = await steps
          .retry(problem)
          .catch((cause: unknown) => notice('Not done', explain(visit.c, 'a list', cause)))
      }
      await show(visit, view)
    },
  }
}

async function show(visit: SubmissionVisit, view: ModalView): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await visit.client.views.update({ view_id: visit.view.id, view })
      return
    } catch (error) {
      // Slack understood and refuses: it was closed meanwhile.
      if (error instanceof WebAPIPlatformError || tries === TRIES) throw error
      const asked = error instanceof Error && 'retryAfter' in error ? Number(error.retryAfter) * 1_000 : PAUSE * tries
      await sleep(Math.min(asked, LONGEST_PAUSE))
    }
  }
}

/** The file again that was in the form before, if it is theirs and still there. */
async function findKept(visit: SubmissionVisit, id: string): Promise<SlackFile> {
  const { file } = await visit.client.files.info({ file: id })
  if (!file || file.user !== visit.userId) throw new FileUnavailable('it is not theirs')
  const { name, size, url_private, url_private_download } = file
  return {
    id,
    ...(name === undefined ? {} : { name }),
    ...(size === undefined ? {} : { size }),
    ...(url_private === undefined ? {} : { url_private }),
    ...(url_private_download === undefined ? {} : { url_private_download }),
  }
}

async function* rowsIn(bytes: AsyncIterable<Uint8Array>, countries: readonly string[]): AsyncGenerator<ReadRow[]> {
  for await (const { rows } of readPeopleFile(bytes, { countries })) yield rows
}

const GONE = ['file_not_found', 'file_deleted', 'invalid_arguments']

function problemOf(visit: SubmissionVisit, error: unknown): string {
  if (error instanceof UnreadableList) return wordsForUnreadable(error)
  const isGone = error instanceof WebAPIPlatformError && GONE.includes(error.data.error)
  if (isGone || error instanceof FileUnavailable) return 'The file is not there any more. Choose it again.'
  return explain(visit.c, 'read a list', error)
}
