// `usher manifest`: what to paste into Slack when the app is made there, or changed.
import { parseArgs } from 'node:util'
import { buildManifest, findCommandNameProblem } from '../slack/manifest.ts'
import { CannotDo } from './cannot-do.ts'
import { toYaml } from './yaml.ts'

const example = 'npm run usher -- manifest --url https://usher.example.com'

/** Takes the words after `manifest`, gives the manifest as YAML. Throws CannotDo for an address or a name Slack refuses. */
export function printManifest(words: string[]): string {
  const { values } = parseArgs({
    args: words,
    options: { url: { type: 'string' }, command: { type: 'string' }, 'socket-mode': { type: 'boolean' } },
  })
  const command = values.command ?? '/invites'
  const problem = findCommandNameProblem(command)
  if (problem) throw new CannotDo(problem)
  const socketMode = values['socket-mode'] ?? false
  const url = socketMode && values.url === undefined ? '' : readUrl(values.url)
  const opening = [
    '# What Usher asks of Slack. Made by: npm run usher -- manifest',
    '# Paste it at https://api.slack.com/apps',
  ]
  return `${opening.join('\n')}\n${toYaml(buildManifest({ url, command, socketMode }))}`
}

function readUrl(text: string | undefined): string {
  if (text === undefined) throw new CannotDo(`Say where Slack will reach Usher (its PUBLIC_URL): ${example}`)
  const url = URL.parse(text)
  if (url?.protocol !== 'https:') throw new CannotDo(`Slack only calls addresses that begin with https://: ${example}`)
  if (url.pathname !== '/' || url.search || url.hash || url.username) {
    throw new CannotDo(`The address must end after its name (and port), without a path: ${example}`)
  }
  return url.origin
}
