// The scene of the Slack benchmarks: the program on an embedded database, a Slack and a mail server beside it, each in
// a process of its own. All of it is gone afterwards.
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { findRunningEmbedded } from '../../src/database/index.ts'
import { sendLoad } from '../http-load.ts'
import { startChild } from './child.ts'
import { makeDataFolder } from './data-folder.ts'
import { startProgram } from './program.ts'
import { commandRequest } from './slack-request.ts'

export type Scene = {
  /** Where Usher listens. */
  port: number
  mailPort: number
  slackPort: number
  databaseUrl: string
  /** One statement on Usher's database, by a connection of its own. */
  query: <Row extends object>(text: string) => Promise<Row[]>
  /** How often Usher has called a method of Slack's. */
  slackCalls: (method: string) => Promise<number>
  /** Waits for so many mails from now on; the inner promise resolves when they came. */
  expectMails: (count: number) => Promise<{ came: Promise<unknown> }>
  /** What else is to be closed before Usher ends; the last one first. */
  closeLater: (close: () => unknown) => void
}

/** Runs `work` with everything started, and the member who invites known to Usher. */
export async function withUsher<T>(work: (scene: Scene) => Promise<T>): Promise<T> {
  const open: (() => unknown)[] = []
  try {
    const folder = await makeDataFolder()
    open.push(folder.remove)
    const slack = await startChild<{ method: string }, number>('slack-stub.ts')
    open.push(slack.stop)
    const mails = await startChild<{ expect: number }, object>('../counting-mail-server.ts')
    open.push(mails.stop)
    const usher = await startProgram({ dataDir: folder.path, slackPort: slack.port, mailPort: mails.port })
    open.push(usher.stop)
    const databaseUrl = (await findRunningEmbedded(folder.path)) ?? ''
    const database = new Client({ connectionString: databaseUrl })
    await database.connect()
    open.push(() => database.end())
    const query = async <Row extends object>(text: string) => (await database.query<Row>(text)).rows

    await sendLoad({ port: usher.port, connections: 1, journeys: [[{ request: commandRequest(), status: 200 }]] })
    await untilKnown(query)
    return await work({
      port: usher.port,
      mailPort: mails.port,
      slackPort: slack.port,
      databaseUrl,
      query,
      slackCalls: (method) => slack.ask({ method }),
      expectMails: async (count) => {
        await mails.ask({ expect: count })
        return { came: mails.nextAnswer() }
      },
      closeLater: (close) => open.push(close),
    })
  } finally {
    for (const close of open.toReversed()) await close()
  }
}

async function untilKnown(query: Scene['query']): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    const members = await query(`SELECT 1 FROM "Person" WHERE "slackUserId" IS NOT NULL`)
    if (members.length > 0) return
    await sleep(20)
  }
  throw new Error('Usher does not know who sent a command')
}
