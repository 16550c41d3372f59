// DOOR, operators: `npm run usher -- <command>`. Reads what was typed, runs it, says how it went.
import { pathToFileURL } from 'node:url'
import { readConfig } from '../config.ts'
import { CannotDo } from './cannot-do.ts'

type Command = {
  name: string
  usage: string
  does: string
  /** Takes the words after the command's name, gives what to print and the exit code. */
  run(words: string[]): Promise<{ text: string; code: number }>
}

const commands: Command[] = [
  {
    name: 'doctor',
    usage: 'doctor [--post]',
    does: 'checks everything a real installation needs; --post also writes a line into the notification channel',
    async run(words) {
      // Loaded only here, so that the other commands need no database client.
      const { runDoctor } = await import('./doctor/index.ts')
      return runDoctor(words, { readConfig })
    },
  },
  {
    name: 'audit',
    usage: 'audit verify [--noted 1204:9f3a…] [--anchors file]',
    does: 'proves that the audit log is as it was sealed, and that seals you noted (or the file of anchors) are still in it',
    async run(words) {
      const { runAudit } = await import('./audit.ts')
      return runAudit(words, { readConfig })
    },
  },
  {
    name: 'bounce',
    usage: 'bounce < message',
    does: 'takes in a message that came back, for mail servers that hand it to a program',
    async run(words) {
      const { runBounce } = await import('./bounce.ts')
      return runBounce(words, { readConfig, input: process.stdin })
    },
  },
  {
    name: 'manifest',
    usage: 'manifest --url https://… [--command /name] [--socket-mode]',
    does: 'prints the manifest to paste into Slack when you make the app',
    async run(words) {
      const { printManifest } = await import('./manifest.ts')
      return { text: printManifest(words), code: 0 }
    },
  },
]

const help = [
  'npm run usher -- <command>',
  '',
  ...commands.map(({ usage, does }) => `  ${usage}\n      ${does}`),
  '  help\n      prints this',
].join('\n')

/** Runs what was typed. Gives what to print, whether it is a complaint, and the exit code: 2 for what was not understood. */
export async function runCommand(words: string[]): Promise<{ text: string; code: number; isComplaint: boolean }> {
  const [name = 'help', ...more] = words
  if (['help', '--help', '-h'].includes(name) || more.includes('--help'))
    return { text: help, code: 0, isComplaint: false }
  const command = commands.find((one) => one.name === name)
  if (!command) return { text: `There is no command "${name}".\n\n${help}`, code: 2, isComplaint: true }
  try {
    return { ...(await command.run(more)), isComplaint: false }
  } catch (error) {
    const isTyping = error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
    if (error instanceof CannotDo) return { text: error.message, code: 2, isComplaint: true }
    if (isTyping) return { text: `${error.message}\n\n${help}`, code: 2, isComplaint: true }
    throw error
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { text, code, isComplaint } = await runCommand(process.argv.slice(2))
  if (isComplaint) console.error(text)
  else console.log(text.trimEnd())
  process.exitCode = code
}
