// A file of people, from Slack to a draft: read behind a small view, because Slack waits 3 s and files take longer.
import type { ModalView } from '@slack/types'
import type { ReadRow } from '../invitations/index.ts'
import { readPeopleFile, UnreadableList } from '../people/index.ts'
import { explain, notice } from './dispatch.ts'
import { downloadFile, FileUnavailable } from './download-file.ts'
import type { SlackFile, SubmissionResult, SubmissionVisit } from './feature.ts'
import { wordsForUnreadable } from './list-words.ts'

/**
 * Reads the file after Slack was answered, and shows what `judge` makes of its rows; when it cannot be read, shows the
 * form again (`retry`), with the reason on top and everything that was chosen.
 */
export function readBehindNotice(
  visit: SubmissionVisit,
  file: SlackFile,
  steps: {
    judge: (rows: AsyncIterable<ReadRow[]>) => Promise<ModalView>
    retry: (problem: string) => Promise<ModalView>
  },
): SubmissionResult {
  const show = (view: ModalView) => visit.client.views.update({ view_id: visit.view.id, view })
  return {
    show: notice('Check the list', 'The file is being read …'),
    after: async () => {
      let view: ModalView
      try {
        view = await steps.judge(rowsIn(await downloadFile(visit.fileSource, file)))
      } catch (error) {
        view = await steps.retry(problemOf(visit, error))
      }
      await show(view)
    },
  }
}

async function* rowsIn(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<ReadRow[]> {
  for await (const { rows } of readPeopleFile(bytes)) yield rows
}

function problemOf(visit: SubmissionVisit, error: unknown): string {
  if (error instanceof UnreadableList) return wordsForUnreadable(error)
  if (error instanceof FileUnavailable) return 'The file is not there any more. Choose it again.'
  return explain(visit.c, 'read a list', error)
}
