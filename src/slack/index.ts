// DOOR, members: the list of features, and how Slack's requests reach them.
import * as bolt from '@slack/bolt'
import type { WebClient } from '@slack/web-api'
import type { Sightings } from '../audit/index.ts'
import type { RequestStep, Telling } from '../collaborators.ts'
import type { BookingOutcome, ListProgress, Notice, PauseNotice } from '../invitations/index.ts'
import type { DirectoryAnswer, DirectoryQuestion } from '../people/index.ts'
import { clientOptions, PAGE_TIMEOUT, SLACK_TIMES, type SlackTimes } from './client.ts'
import { readDirectory } from './directory.ts'
import type { Door } from './dispatch.ts'
import type { Feature, FeatureCollaborators } from './feature.ts'
import { approvals } from './features/approvals.ts'
import { audit } from './features/audit.ts'
import { auto } from './features/auto.ts'
import { booking, showBooking } from './features/booking.ts'
import { bulk } from './features/bulk.ts'
import { digest } from './features/digest.ts'
import { directory } from './features/directory.ts'
import { exporting } from './features/export.ts'
import { factors } from './features/factors.ts'
import { fromMessage } from './features/from-message.ts'
import { help } from './features/help.ts'
import { home } from './features/home.ts'
import { importPeople } from './features/import.ts'
import { invite } from './features/invite.ts'
import { leavers } from './features/leavers.ts'
import { links } from './features/links.ts'
import { news } from './features/news.ts'
import { people } from './features/people.ts'
import { peopleActs } from './features/people-acts.ts'
import { person } from './features/person.ts'
import { roles } from './features/roles.ts'
import { scim } from './features/scim.ts'
import { settings } from './features/settings.ts'
import { slips } from './features/slips.ts'
import { status } from './features/status.ts'
import { statusList } from './features/status-list.ts'
import { units } from './features/units.ts'
import { why } from './features/why.ts'
import { showProgress } from './list-progress.ts'
import { postNotice } from './notify.ts'
import { showPause } from './pause-message.ts'
import { boltLogger, createReceiver, type SlackConnection, type WebServer } from './receiver.ts'
import { showRequest } from './request-messages.ts'
import { takeRequests } from './take-requests.ts'
import { tell } from './tellings.ts'
import { meetWorkspace } from './visitor.ts'
import { wireActions } from './wire-actions.ts'
import { wireCommand } from './wire-command.ts'
import { wireEvents } from './wire-events.ts'
import { wireForms } from './wire-forms.ts'

export type { SlackTimes } from './client.ts'

/** Every feature, in the order in which the help explains them. */
export const FEATURES: Feature[] = [
  invite,
  booking,
  bulk,
  importPeople,
  people,
  person,
  peopleActs,
  factors,
  status,
  statusList,
  news,
  digest,
  leavers,
  approvals,
  links,
  auto,
  why,
  audit,
  exporting,
  settings,
  directory,
  units,
  slips,
  roles,
  scim,
  fromMessage,
  home,
  help,
]

export type SlackDoor = {
  client: WebClient
  /** Socket Mode opens its connection; by HTTP there is nothing to open. Meets the workspace when Slack answers. */
  start: () => Promise<void>
  stop: () => Promise<void>
  postNotice: (notice: Notice, to: 'channel' | 'inviter') => Promise<void>
  showProgress: (progress: ListProgress) => Promise<void>
  showBooking: (outcome: BookingOutcome) => Promise<void>
  showPause: (notice: PauseNotice) => Promise<void>
  showRequest: (order: { requestId: string; step: RequestStep }) => Promise<void>
  tell: (order: { what: Telling; id: string }) => Promise<void>
  /** How the people and groups of the workspace are read. */
  directory: {
    meetWorkspace: () => Promise<string>
    read: (question: DirectoryQuestion) => Promise<DirectoryAnswer>
  }
}

export type SlackDoorOptions = {
  c: FeatureCollaborators & Pick<Sightings, 'refused'> & { takeOnce: (key: string) => Promise<boolean> }
  connection: SlackConnection
  /** The command that the manifest registers. */
  command: string
  server: WebServer
  times?: SlackTimes | undefined
}

/** Opens the door: by HTTP on the given web server, or by Socket Mode when there is an app token. */
export function createSlackDoor(settings: SlackDoorOptions): SlackDoor {
  const { c, connection, command, server, times = SLACK_TIMES } = settings
  const { receiver, line } = createReceiver(connection, { server, now: c.now, log: c.log, times })
  const logger = boltLogger(c.log)
  const options = { ...clientOptions(connection.apiUrl, times), logger }
  const app = new bolt.App({
    receiver,
    logger,
    convoStore: false,
    clientOptions: options,
    // Bolt would ask Slack who the bot is before it starts; Usher starts without Slack, and asks when it can.
    authorize: async () => ({ botToken: connection.botToken }),
  })
  const client = new bolt.webApi.WebClient(connection.botToken, options)
  const door: Door = { ...c, client, times }
  const reader = new bolt.webApi.WebClient(connection.botToken, { ...options, timeout: PAGE_TIMEOUT })

  takeRequests(app, { ...door, takeOnce: c.takeOnce })
  wireCommand(app, door, { command, features: FEATURES })
  wireActions(app, door, { command, features: FEATURES })
  wireForms(app, door, { command, features: FEATURES, fileSource: connection })
  wireEvents(app, door, { command, features: FEATURES })
  app.error(async (error) => c.log.error({ err: error }, 'A request from Slack failed outside every guard'))

  return {
    client,
    start: async () => {
      await line?.start()
      await meetWorkspace(door).catch((error: unknown) =>
        c.log.warn({ err: error }, 'Slack cannot be reached yet; it is asked again with the first request'),
      )
    },
    stop: async () => {
      await line?.stop()
    },
    postNotice: (notice, to) => postNotice(door, notice, to),
    showProgress: (progress) => showProgress(door, progress),
    showRequest: (order) => showRequest(door, order),
    showBooking: (outcome) => showBooking(door, outcome),
    showPause: (notice) => showPause(door, notice),
    tell: (order) => tell(door, order),
    directory: {
      meetWorkspace: async () => (await meetWorkspace(door)).id,
      read: (question) => readDirectory(reader, question),
    },
  }
}
