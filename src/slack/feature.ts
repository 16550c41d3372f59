// What a feature is: one task with its command, form and buttons together. src/slack/index.ts has the list of them.
import type { ModalView, View } from '@slack/types'
import type { WebClient } from '@slack/web-api'
import type { SecondFactors } from '../accounts/index.ts'
import type { Collaborators } from '../collaborators.ts'
import type { MadeSlip, RegisterClaim } from '../invitations/index.ts'
import type { KnownMember, Organisation } from '../organisation/index.ts'
import type { Choice } from './blocks.ts'
import type { FileSource } from './download-file.ts'

/** What features are given besides what every use case is: where a registration link is opened, and SCIM's address. */
export type FeatureCollaborators = Collaborators & {
  resetFactors: SecondFactors['resetFactors']
  addressOfLink: (link: RegisterClaim) => string
  scimAddress: string
  /** Whether the app has the client id and secret that Sign in with Slack needs. */
  canSignInWithSlack: boolean
  /** Activation slips as a PDF, eight a page. */
  drawSlips: (slips: MadeSlip[]) => Promise<Buffer>
}

/** Somebody who came through Slack, and what a feature needs to serve them. */
export type Visit = {
  c: FeatureCollaborators
  client: WebClient
  organisation: Organisation
  member: KnownMember
  userId: string
  /** "/invites", or the name that the manifest gives the command. */
  command: string
}

/** `privateMetadata`: of the modal that the menu stands in. */
export type ChoosingVisit = Visit & { privateMetadata?: string }

export type CommandVisit = Visit & {
  channelId: string
  /** Every feature's command with its purpose, for the help. */
  explained: { usage: string; purpose: string }[]
  /** What stands behind the feature's word. */
  rest: string
  /** Opens a modal; may be called once. */
  open: (view: ModalView) => Promise<void>
  /** Answers so that only this person sees it. */
  answer: (message: Answer) => Promise<void>
}

export type ActionVisit = Visit & {
  value: string
  /** The message that a message shortcut was used on. */
  message?: SharedMessage
  /** When it was pressed or typed, by Slack's clock in seconds: requests overtake each other. */
  at: number
  /** The modal that the button stands in; undefined in a message and on the Home tab. */
  view: OpenView | undefined
  /** Where the button's message stands. */
  channelId: string | undefined
  open: (view: ModalView) => Promise<void>
  push: (view: ModalView) => Promise<void>
  /** Shows another content in the modal that the button stands in. */
  update: (view: ModalView) => Promise<void>
  /** Replaces the message that the button stands in; in a modal or on the Home tab answers by direct message. */
  replace: (message: Answer) => Promise<void>
}

/** A message of anybody's, as Slack hands it over. */
export type SharedMessage = { text?: string; blocks?: unknown[]; attachments?: unknown[] }

/** A file that somebody put into a form, as Slack describes it. */
export type SlackFile = {
  id: string
  name?: string
  size?: number
  url_private?: string
  url_private_download?: string
}

export type SubmissionVisit = Visit & {
  view: OpenView
  /** What was typed or chosen, by block; several ticks with commas between them. */
  values: Record<string, string | null>
  files: Record<string, SlackFile | undefined>
  /** Where files are read from. */
  fileSource: FileSource
}

/** What a submitted form does next; nothing: it closes. `after` runs when Slack has been answered. */
export type SubmissionResult = { show?: ModalView; after?: () => Promise<void> }

export type OpenView = {
  id: string
  hash: string
  privateMetadata: string
  rootId: string
  /** The view as it stands, to show it again with one part changed. */
  shown: ModalView
  /** What stands in its fields at this moment. */
  values: Record<string, string | null>
}

export type Answer = { text: string; blocks?: View['blocks'] }

export type Feature = {
  name: string
  /** The word behind the command; '' is the command alone or with an address. */
  command?: { word: string; usage: string; purpose: string; run: (visit: CommandVisit) => Promise<void> }
  actions?: Record<string, (visit: ActionVisit) => Promise<void>>
  /** By callback id. */
  submissions?: Record<string, (visit: SubmissionVisit) => Promise<SubmissionResult>>
  /** Menus that load as the person types, by action id; at most a hundred choices. */
  choices?: Record<string, (visit: ChoosingVisit, typed: string) => Promise<Choice[]>>
  shortcuts?: Record<string, (visit: ActionVisit) => Promise<void>>
  /** Slack's events by type; the visit's member is whom the event is about. */
  homeOpened?: (visit: Visit) => Promise<void>
}
