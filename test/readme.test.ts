// The README says what is there: its tables and its tree are compared with the project.
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { settingNames } from '../src/config.ts'
import { botScopes } from '../src/slack/manifest.ts'

const at = (path: string) => new URL(`../${path}`, import.meta.url)
const readme = readFileSync(at('README.md'), 'utf8')
const section = (title: string) => readme.split(/^## /m).find((part) => part.startsWith(title)) ?? ''
const missingIn = (text: string, words: readonly string[]) => words.filter((word) => !text.includes(word))

describe('the README', () => {
  it('explains every setting, and none that is not there', () => {
    const rows = section('Configuration')
      .split('\n')
      .filter((line) => line.startsWith('| `'))
    const named = rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name))

    expect(named.toSorted()).toEqual([...settingNames].toSorted())
  })

  it('gives the reason for every scope', () => {
    const table = section('Connect it to Slack')

    expect(
      missingIn(
        table,
        Object.entries(botScopes).map(([scope, why]) => `| \`${scope}\` | ${why} |`),
      ),
    ).toEqual([])
  })

  it('gives the reason for every package, and names none that is not there', () => {
    const { dependencies, optionalDependencies, devDependencies } = JSON.parse(readFileSync(at('package.json'), 'utf8'))
    const listed = Object.keys({ ...dependencies, ...optionalDependencies, ...devDependencies })
    const rows = section('Packages')
      .split('\n')
      .filter((line) => line.startsWith('| `'))
    const named = rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name))

    expect(named.toSorted()).toEqual(listed.toSorted())
  })

  it('shows every folder and file of src/ in its tree', () => {
    const tree = section('How it is built')
    const entries = readdirSync(at('src'), { withFileTypes: true })
    const names = entries.map((entry) => (entry.isDirectory() ? `  ${entry.name}/` : entry.name))

    expect(missingIn(tree, names)).toEqual([])
  })

  it('leads only to files and headings that are there', () => {
    const links = [...readme.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)
    const headings = [...readme.matchAll(/^#+ (.+)$/gm)].map(
      ([, title = '']) => `#${title.toLowerCase().replaceAll(' ', '-')}`,
    )
    const files = links.filter((link) => !link.includes(':') && !link.startsWith('#'))

    expect(links.filter((link) => link.startsWith('#') && !headings.includes(link))).toEqual([])
    expect(files.filter((file) => !readable(file))).toEqual([])
  })
})

function readable(file: string): boolean {
  try {
    readFileSync(at(file))
    return true
  } catch {
    return false
  }
}
