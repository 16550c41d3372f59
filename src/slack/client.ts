// How Slack's Web API is called.
import type { WebClientOptions } from '@slack/web-api'

/**
 * How long is waited, in ms. `call`: for one answer of Slack; a modal has to be open within 3 s. `form`: until a form is
 * answered with "one moment"; Slack waits 3 s, the rest is for the way there and back. `answer`: until Bolt gives up an
 * answer of ours.
 */
export type SlackTimes = { call: number; form: number; answer: number }

/** What Slack's own limits leave. Only a test, whose Slack has more patience, has others. */
export const SLACK_TIMES: SlackTimes = { call: 2_500, form: 2_300, answer: 3_001 }

/** For a page of the workspace's people, which nobody waits for, in ms. */
export const PAGE_TIMEOUT = 30_000

/**
 * No retries: by default the client tries for half an hour, on a 404 too. Who waits in front of a modal is told at
 * once, and the queue tries again what may wait.
 */
export function clientOptions(apiUrl: string | undefined, { call } = SLACK_TIMES): WebClientOptions {
  return {
    ...(apiUrl ? { slackApiUrl: apiUrl } : {}),
    timeout: call,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
  }
}
