// The sandbox: a local Slack, a mailbox and a phone in one, beside the real app, which does not know of them.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { createMailbox, type Mailbox } from './mailbox/mailbox.ts'
import { servePage } from './page/page.ts'
import { createLocalTwilio, type LocalTwilio } from './phone/local-twilio.ts'
import { createPhone, type Phone } from './phone/phone.ts'
import { createLocalSlack, type LocalSlack, type Manifest } from './slack/local-slack.ts'

type Log = {
  info: (details: object, text: string) => void
  warn: (details: object, text: string) => void
  error: (details: object, text: string) => void
}

export type Sandbox = {
  slack: LocalSlack
  mailbox: Mailbox
  phone: Phone
  /** What sends to the phone. */
  twilio: LocalTwilio
  /** Answers everything under the sandbox's own address; false for a path that it does not have. */
  handle: (request: IncomingMessage, response: ServerResponse) => boolean
  close: () => Promise<void>
}

export type SandboxOptions = {
  /** Where the app listens. */
  appUrl: () => string
  manifest: Manifest
  /** The local Slack's people and messages are kept here across restarts. */
  dataDir: string
  log: Log
}

/** Opens the local Slack, the mailbox and the phone, each on a free port of this machine or on none. */
export async function openSandbox({ appUrl, manifest, dataDir, log }: SandboxOptions): Promise<Sandbox> {
  const mailbox = await createMailbox({ log })
  const phone = createPhone()
  const twilio = await createLocalTwilio({ receive: phone.receive, log })
  // Slack's three seconds would lose a first try on a slow machine.
  const limits = { answer: 60_000, trigger: 60_000 }
  const slack = await createLocalSlack({
    appUrl,
    manifest,
    log,
    limits,
    statePath: join(dataDir, 'sandbox-slack.json'),
  })
  return {
    slack,
    mailbox,
    phone,
    twilio,
    handle(request, response) {
      if (servePage(request, response)) return true
      if (mailbox.handleClient(request, response) || phone.handleClient(request, response)) return true
      if (!request.url?.startsWith('/api/')) return false
      slack.handleClient(request, response)
      return true
    },
    close: async () => {
      await slack.close()
      await mailbox.close()
      await twilio.close()
      await phone.close()
    },
  }
}

export type { LocalSlack } from './slack/local-slack.ts'
export type { Mailbox }
