/** How long the local Slack, mailbox and phone wait for what has to come, in ms, before they say that it did not come. */
export const WAIT_LIMIT = 120_000
