// The part of a Slack app manifest that the local Slack acts on: which commands, shortcuts, events and scopes exist.

/** A parsed manifest (the JSON or YAML that Slack takes); fields that are not listed here are ignored. */
export interface Manifest {
  display_information: { name: string; description?: string; [field: string]: unknown }
  features?: {
    app_home?: { home_tab_enabled?: boolean; messages_tab_enabled?: boolean; [field: string]: unknown }
    bot_user?: { display_name: string; [field: string]: unknown }
    slash_commands?: {
      command: string
      description: string
      usage_hint?: string
      should_escape?: boolean
      [field: string]: unknown
    }[]
    shortcuts?: {
      name: string
      type: 'global' | 'message'
      callback_id: string
      description: string
      [field: string]: unknown
    }[]
    [field: string]: unknown
  }
  oauth_config?: {
    redirect_urls?: string[]
    scopes?: { bot?: string[]; [field: string]: unknown }
    [field: string]: unknown
  }
  settings?: { event_subscriptions?: { bot_events?: string[]; [field: string]: unknown }; [field: string]: unknown }
  [field: string]: unknown
}

// Slack keeps these for itself; a manifest that claims one is refused as a whole.
const builtInCommands = [
  ...['archive', 'away', 'active', 'call', 'collapse', 'dm', 'dnd', 'expand', 'feed', 'huddle', 'invite'],
  ...['invite_people', 'join', 'kick', 'leave', 'me', 'msg', 'mute', 'open', 'part', 'pro', 'remind', 'remove'],
  ...['rename', 'search', 'shortcuts', 'shrug', 'star', 'status', 'topic', 'unarchive', 'who'],
]

/**
 * What Slack would refuse in a manifest's commands and shortcuts.
 * @returns one sentence a problem; an empty list when all is well
 */
export function findManifestProblems(manifest: Manifest): string[] {
  const problems: string[] = []
  const name = manifest.display_information?.name
  if (typeof name !== 'string' || name.length < 1 || name.length > 35)
    problems.push('display_information.name must have 1 to 35 characters')
  const commands = manifest.features?.slash_commands ?? []
  const shortcuts = manifest.features?.shortcuts ?? []
  if (commands.length > 50) problems.push('no more than 50 slash commands are allowed')
  if (shortcuts.length > 10) problems.push('no more than 10 shortcuts are allowed')
  for (const { command, description, usage_hint } of commands) {
    if (!/^\/[a-z0-9_-]{1,31}$/.test(command) || builtInCommands.includes(command.slice(1)))
      problems.push(`${command}: the slash command has an invalid name`)
    if (!description || description.length > 2000)
      problems.push(`${command}: description must have 1 to 2000 characters`)
    if (usage_hint !== undefined && (usage_hint.length < 1 || usage_hint.length > 1000))
      problems.push(`${command}: usage_hint must have 1 to 1000 characters`)
  }
  for (const shortcut of shortcuts) {
    if (!shortcut.name || shortcut.name.length > 24)
      problems.push(`shortcut ${shortcut.callback_id}: name must have 1 to 24 characters`)
    if (!shortcut.callback_id || shortcut.callback_id.length > 255)
      problems.push(`shortcut ${shortcut.name}: callback_id must have 1 to 255 characters`)
    if (!shortcut.description || shortcut.description.length > 150)
      problems.push(`shortcut ${shortcut.name}: description must have 1 to 150 characters`)
  }
  const names = commands.map(({ command }) => command)
  if (new Set(names).size < names.length) problems.push('a slash command is listed twice')
  return problems
}

/** The scopes of the bot token. */
export function botScopes(manifest: Manifest): string[] {
  return manifest.oauth_config?.scopes?.bot ?? []
}

/** The event types that are sent to the app. */
export function botEvents(manifest: Manifest): string[] {
  return manifest.settings?.event_subscriptions?.bot_events ?? []
}
