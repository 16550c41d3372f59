// How far an invitation got, stage by stage and in words, so that a screen reader tells as much as the eye. Pure.
import type { KnownBlock } from '@slack/types'
import type { InvitationStory } from '../invitations/index.ts'
import { escapeText, moment, section } from './blocks.ts'

export type Progress = Pick<
  InvitationStory,
  'status' | 'isAddition' | 'channel' | 'queuedAt' | 'sentAt' | 'maybeSentAt'
> &
  Pick<InvitationStory, 'answer' | 'bouncedAt' | 'deliveryProblem' | 'delayedAt' | 'delayProblem' | 'arrivedAt'> &
  Pick<InvitationStory, 'openedAt' | 'startedAt' | 'acceptedAt' | 'carriedByHub'>

type Stage = { at: Date; what: string; more?: string | null }

const HANDED: Record<InvitationStory['channel'], string> = {
  email: 'Handed to the mail server',
  sms: 'Handed to the SMS service',
  slip: 'Slip made to be handed over',
}

/** One section; none for what was never to be sent. */
export function howFar(progress: Progress): KnownBlock[] {
  const { status } = progress
  if (status === 'awaiting_approval' || status === 'rejected') return []
  const lines = stagesOf(progress)
    .sort((one, other) => one.at.getTime() - other.at.getTime())
    .map(({ at, what, more }) => `${what} · ${moment(at)}${more ? ` · ${escapeText(more)}` : ''}`)
  return [section(['*How far it got*', ...lines, ...carriedIn(progress), ...missingIn(progress)].join('\n'))]
}

function stagesOf(progress: Progress): Stage[] {
  const { queuedAt, sentAt, maybeSentAt, bouncedAt, deliveryProblem, answer } = progress
  // What happened before stands for an earlier message: sent again, it begins anew.
  const isSent = sentAt !== null && sentAt >= queuedAt
  const handed = maybeSentAt ? 'Given to the mail server, which did not confirm it' : HANDED[progress.channel]
  return [
    { at: queuedAt, what: 'Queued' },
    ...(isSent ? [{ at: sentAt, what: handed, more: answer && `it answered: ${answer}` }] : []),
    ...stage(progress.delayedAt, 'Not arrived yet', progress.delayProblem),
    ...stage(bouncedAt, 'Came back', deliveryProblem),
    ...stage(progress.arrivedAt, 'Arrived on the phone'),
    ...stage(progress.openedAt, `Page opened${earlier(progress.openedAt, queuedAt)}`),
    ...stage(progress.startedAt, `Sign-up begun${earlier(progress.startedAt, queuedAt)}`),
    ...stage(progress.acceptedAt, progress.isAddition ? 'Added to the hub' : 'Joined'),
  ]
}

function stage(at: Date | null, what: string, more: string | null = null): Stage[] {
  return at === null ? [] : [{ at, what, more }]
}

function earlier(at: Date | null, queuedAt: Date): string {
  return at !== null && at < queuedAt ? ', by an earlier link' : ''
}

function carriedIn({ carriedByHub }: Progress): string[] {
  if (carriedByHub === null) return []
  return [`It had no message of its own: the one for the hub ${escapeText(carriedByHub)} told of this one too.`]
}

function missingIn({ status, isAddition, openedAt, startedAt, acceptedAt }: Progress): string[] {
  if (isAddition || acceptedAt !== null) return []
  const missing = [openedAt === null ? 'opened' : '', startedAt === null ? 'started' : '', 'joined'].filter(Boolean)
  const isOpen = status === 'waiting' || status === 'pending'
  return [`${isOpen ? 'Not yet' : 'Not reached'}: ${missing.join(', ')}.`]
}
