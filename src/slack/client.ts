// How Slack's Web API is called.
import type { WebClientOptions } from '@slack/web-api'

/** Longest wait for one answer of Slack, in ms: a modal has to be open within 3 s. */
const TIMEOUT = 2_500

/** For a page of the workspace's people, which nobody waits for, in ms. */
export const PAGE_TIMEOUT = 30_000

/**
 * No retries: by default the client tries for half an hour, on a 404 too. Who waits in front of a modal is told at
 * once, and the queue tries again what may wait.
 */
export function clientOptions(apiUrl: string | undefined): WebClientOptions {
  return {
    ...(apiUrl ? { slackApiUrl: apiUrl } : {}),
    timeout: TIMEOUT,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
  }
}
