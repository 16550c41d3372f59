// Slack's requests come in here: by HTTP on the web's own server, or by Socket Mode. Bolt proves the signature; what
// it leaves open (requests from the future, long bodies) is closed by read-signed.ts, and replays by take-requests.ts.
import * as bolt from '@slack/bolt'
import type { Log } from '../collaborators.ts'
import { clientOptions, type SlackTimes } from './client.ts'
import { readSigned } from './read-signed.ts'
import { keepConnected, type SocketConnection } from './socket-connection.ts'

export const SLACK_PATH = '/slack/events'

export type SlackConnection = {
  botToken: string
  signingSecret: string
  appToken: string | undefined
  apiUrl: string | undefined
}

/** The web server's application, as Bolt takes it. */
export type WebServer = NonNullable<ConstructorParameters<typeof bolt.ExpressReceiver>[0]['app']>

export type Reception = {
  receiver: bolt.Receiver
  /** By HTTP there is no line to open. */
  line: SocketConnection | undefined
}

/** Makes Bolt's receiver: on `server` for HTTP, with a line of its own for Socket Mode. */
export function createReceiver(
  connection: SlackConnection,
  { server, now, log, times }: { server: WebServer; now: () => Date; log: Log; times: SlackTimes },
): Reception {
  const logger = boltLogger(log)
  if (connection.appToken) {
    const receiver = new bolt.SocketModeReceiver({
      appToken: connection.appToken,
      logger,
      // Usher connects again by itself: see socket-connection.ts.
      autoReconnectEnabled: false,
      // The only way by which Bolt hands options to the client that opens the line.
      installerOptions: { clientOptions: clientOptions(connection.apiUrl) },
    })
    return { receiver, line: keepConnected(receiver.client, { log }) }
  }
  server.post(SLACK_PATH, readSigned({ signingSecret: connection.signingSecret, now, log }))
  const receiver = new bolt.ExpressReceiver({
    app: server,
    signingSecret: connection.signingSecret,
    endpoints: SLACK_PATH,
    logger,
    unhandledRequestTimeoutMillis: times.answer,
    customPropertiesExtractor: (request) => ({ signature: request.headers['x-slack-signature'] }),
  })
  return { receiver, line: undefined }
}

/** Bolt's words in our log: warnings and errors only, its debug lines hold whole requests. */
export function boltLogger(log: Log): bolt.Logger {
  const silent = () => {}
  return {
    debug: silent,
    info: silent,
    warn: (...words) => log.warn({ words: words.map(inWords) }, 'Slack’s library warns'),
    error: (...words) => log.error({ words: words.map(inWords) }, 'Slack’s library reports an error'),
    setLevel: silent,
    getLevel: () => bolt.LogLevel.WARN,
    setName: silent,
  }
}

function inWords(word: unknown): string {
  return word instanceof Error ? word.message : String(word)
}
