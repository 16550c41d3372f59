// The lists of the Slack door agree with one another: features, their files, their ids, and the manifest.
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { FEATURES } from '../src/slack/index.ts'
import { buildManifest } from '../src/slack/manifest.ts'

const manifest = buildManifest({ url: 'https://usher.example.test', command: '/invites' })
const folder = fileURLToPath(new URL('../src/slack/features', import.meta.url))

/** What stands in a list more than once. */
const doubled = (list: string[]) => list.filter((entry, index) => list.indexOf(entry) !== index)

it('has every file of src/slack/features in the list, by its name, and nothing else', () => {
  const files = readdirSync(folder).map((file) => file.replace(/\.ts$/, ''))
  expect(FEATURES.map(({ name }) => name).sort()).toEqual(files.sort())
})

it('names every word that can be typed in the hint that Slack shows behind the command, in the order of the help', () => {
  const words = FEATURES.flatMap(({ command }) => (command ? [command.word || 'address'] : []))
  const [command] = manifest.features.slash_commands
  expect(command?.usage_hint).toBe(`[${words.join(' | ')}]`)
})

it('gives every command a word of its own, lower case and without spaces, that begins its usage', () => {
  const commands = FEATURES.flatMap(({ command }) => command ?? [])
  expect(doubled(commands.map(({ word }) => word))).toEqual([])
  for (const { word, usage, purpose } of commands) {
    expect(word).toMatch(/^[a-z]*$/)
    expect(usage.startsWith(word)).toBe(true)
    expect(purpose).not.toBe('')
  }
})

it('has a feature for every shortcut of the manifest, and no other', () => {
  const handled = FEATURES.flatMap(({ shortcuts }) => Object.keys(shortcuts ?? {}))
  const registered = manifest.features.shortcuts.map(({ callback_id }) => callback_id)
  expect(handled.sort()).toEqual(registered.sort())
})

it('uses no id of a button, a form or a shortcut twice: the later one would hide the earlier', () => {
  expect(doubled(FEATURES.flatMap(({ actions }) => Object.keys(actions ?? {})))).toEqual([])
  expect(doubled(FEATURES.flatMap(({ submissions }) => Object.keys(submissions ?? {})))).toEqual([])
  expect(doubled(FEATURES.flatMap(({ shortcuts }) => Object.keys(shortcuts ?? {})))).toEqual([])
})

it('loads a menu that two features share in one way', () => {
  const loaders = new Map<string, unknown>()
  for (const { choices } of FEATURES) {
    for (const [id, load] of Object.entries(choices ?? {})) {
      expect(loaders.get(id) ?? load, id).toBe(load)
      loaders.set(id, load)
    }
  }
})

it('listens to the events that the manifest subscribes to for its Home tab', () => {
  expect(manifest.settings.event_subscriptions.bot_events).toContain('app_home_opened')
  expect(FEATURES.filter(({ homeOpened }) => homeOpened)).toHaveLength(1)
})
