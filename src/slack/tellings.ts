// OUT, to members: what is told that is not about one invitation. One file says it, one line here names it.
import type { WebClient } from '@slack/web-api'
import type { Collaborators, Telling } from '../collaborators.ts'
import { tellAnchor } from './anchor-message.ts'
import { tellHeld, tellStopped } from './auto-messages.ts'
import { tellDigest } from './digest-message.ts'
import { tellKept } from './kept-admin-message.ts'
import { tellLeft } from './leavers-message.ts'
import { tellGathered } from './notice-summary.ts'

/** What a telling is given: `id` is whom or what it is about. It may run again: whoever was told is not told twice. */
export type Teller = (c: Outbox, id: string) => Promise<void>
export type Outbox = Pick<Collaborators, 'db' | 'log' | 'now' | 'letGo'> & { client: WebClient }

const TELLERS: Record<Telling, Teller> = {
  left: tellLeft,
  admin_kept: tellKept,
  digest: tellDigest,
  notices: tellGathered,
  auto_held: tellHeld,
  auto_stopped: tellStopped,
  audit_anchor: tellAnchor,
}

/** Tells it. Throws what Slack may take later (a limit, an outage), so that it is tried again. */
export async function tell(c: Outbox, { what, id }: { what: Telling; id: string }): Promise<void> {
  await TELLERS[what](c, id)
}
