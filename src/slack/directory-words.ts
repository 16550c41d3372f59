// How the readings of people and groups from Slack go, in words. Pure.
import type { DirectoryState } from '../people/index.ts'
import { escapeText, moment } from './blocks.ts'
import { duration } from './features/home.ts'
import { people } from './list-views.ts'

/** "200 members and 4 groups, read 3 minutes ago."; nothing while the first reading goes on. As mrkdwn. */
export function lastReadWords({ last, running }: DirectoryState, now: Date): string | undefined {
  if (!last) return running ? undefined : 'Slack was not read yet.'
  const ago = now.getTime() - last.finishedAt.getTime()
  const when = ago < 60_000 ? 'just now' : `${duration(ago)} ago`
  const read = last.withoutGroups === null ? countWords(last) : people(last.people, 'member')
  return `*${read}*, read ${when}.${withoutGroupsWords(last.withoutGroups)}`
}

/** How far the reading got that goes on now, and what holds it up; nothing where none does. As mrkdwn. */
export function runningWords({ running }: DirectoryState): string | undefined {
  if (!running) return undefined
  const soFar = running.isReadingGroups ? countWords(running) : people(running.people, 'member')
  const held = running.problem === null ? '' : ` ${problemWords(running.problem, running.nextAt)}`
  return `Slack is being read now: ${soFar} so far.${held}`
}

/** Of what holds a reading up, only what somebody has to do something about. */
export function troubleIn({ running }: DirectoryState): boolean {
  return running?.problem !== null && running?.problem !== undefined && running.problem !== 'ratelimited'
}

function countWords({ people: count, groups }: { people: number; groups: number }): string {
  return `${people(count, 'member')} and ${people(groups, 'group')}`
}

function withoutGroupsWords(why: string | null): string {
  if (why === null) return ''
  if (why === 'missing_scope') {
    return ' User groups could not be read: the app may not do so yet. Print the manifest anew (README, “Connect it to Slack”), paste it into the app, and reinstall the app.'
  }
  return ' This Slack plan has no user groups: groups come from imports and from SCIM alone.'
}

const TOKEN_TROUBLE = ['invalid_auth', 'not_authed', 'token_revoked', 'token_expired', 'account_inactive']

function problemWords(problem: string, nextAt: Date): string {
  if (problem === 'ratelimited') return `Slack asks for patience: it goes on ${moment(nextAt)}.`
  if (problem === 'unreachable') return 'Slack did not answer the last time; it is asked again by itself.'
  if (problem === 'fault') {
    return 'Something went wrong on our side; it is tried again by itself, and the cause stands in the log.'
  }
  if (TOKEN_TROUBLE.includes(problem)) {
    return 'Slack refuses the app’s token. Whoever runs Usher installs the app again and sets the new SLACK_BOT_TOKEN.'
  }
  if (problem === 'missing_scope') {
    return 'Slack does not let the app read the members. Print the manifest anew, paste it into the app, and reinstall the app.'
  }
  return `Slack says “${escapeText(problem)}”; it is asked again by itself.`
}
