// Keeps the workspace's people, conversations, messages and files as one JSON file across restarts.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { isRecord } from './block-kit-checks.ts'
import type { ClientFile } from './client-api.ts'
import type { Workspace } from './workspace.ts'

const formatVersion = 1

// Only what this file wrote itself is read back, so the entries are trusted once the version fits.
function fill<T>(map: Map<string, T>, entries: unknown): void {
  if (!Array.isArray(entries)) return
  for (const [key, value] of entries as [string, T][]) map.set(key, value)
}

/**
 * Reads an earlier state into the workspace; a missing or unreadable file leaves it as seeded.
 * @returns whether something was read
 */
export function loadWorkspace(workspace: Workspace, path: string): boolean {
  let kept: unknown
  try {
    kept = JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return false
  }
  if (!isRecord(kept) || kept.version !== formatVersion) return false
  fill(workspace.users, kept.users)
  fill(workspace.channels, kept.channels)
  fill(workspace.directMessages, kept.directMessages)
  fill(workspace.userGroups, kept.userGroups)
  fill(workspace.messages, kept.messages)
  fill(workspace.unread, kept.unread)
  const files = new Map<string, { file: ClientFile; content: string }>()
  fill(files, kept.files)
  for (const [id, { file, content }] of files)
    workspace.files.set(id, { file, content: Buffer.from(content, 'base64') })
  workspace.lastTs = typeof kept.lastTs === 'number' ? kept.lastTs : 0
  return true
}

/** Writes the state, whole or not at all. Ephemeral messages are left out, as they are gone after a reload in Slack too. */
export function saveWorkspace(workspace: Workspace, path: string): void {
  const lasting = [...workspace.messages].map(([id, messages]) => [
    id,
    messages.filter((message) => !message.visibleTo),
  ])
  const state = {
    version: formatVersion,
    users: [...workspace.users],
    channels: [...workspace.channels],
    directMessages: [...workspace.directMessages],
    userGroups: [...workspace.userGroups],
    messages: lasting,
    unread: [...workspace.unread],
    files: [...workspace.files].map(([id, { file, content }]) => [id, { file, content: content.toString('base64') }]),
    lastTs: workspace.lastTs,
  }
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(`${path}.new`, JSON.stringify(state))
  renameSync(`${path}.new`, path)
}

/**
 * Writes soon after each change.
 * @returns `flush()`, which writes now and stops watching
 */
export function keepSaved(workspace: Workspace, path: string, onError: (error: unknown) => void): { flush(): void } {
  let timer: NodeJS.Timeout | undefined
  const write = () => {
    timer = undefined
    try {
      saveWorkspace(workspace, path)
    } catch (error) {
      onError(error)
    }
  }
  const listener = () => {
    timer ??= setTimeout(write, 500).unref()
  }
  workspace.listeners.add(listener)
  return {
    flush() {
      workspace.listeners.delete(listener)
      clearTimeout(timer)
      write()
    },
  }
}
