// What Usher asks of Slack, as Slack's app manifest: pure, so that the command line, manifest.yml and the sandbox's
// local Slack all hold the very same one.

/** The parts of Slack's manifest (schema version 2) that Usher uses. */
export type Manifest = {
  _metadata: { major_version: 2; minor_version: 1 }
  display_information: { name: string; description: string; background_color: string }
  features: {
    app_home: { home_tab_enabled: boolean; messages_tab_enabled: boolean; messages_tab_read_only_enabled: boolean }
    bot_user: { display_name: string; always_online: boolean }
    shortcuts: { name: string; type: 'global' | 'message'; callback_id: string; description: string }[]
    slash_commands: {
      command: string
      url?: string
      description: string
      usage_hint: string
      should_escape: boolean
    }[]
  }
  oauth_config: { redirect_urls?: string[]; scopes: { bot: string[] } }
  settings: {
    event_subscriptions: { request_url?: string; bot_events: string[] }
    interactivity: { is_enabled: boolean; request_url?: string; message_menu_options_url?: string }
    org_deploy_enabled: boolean
    socket_mode_enabled: boolean
    token_rotation_enabled: boolean
  }
}

/** What Usher may do, and why. A direct message needs no scope of its own: chat:write opens it. */
export const botScopes: Readonly<Record<string, string>> = {
  commands: 'the command and the shortcuts',
  'chat:write': 'what members are told, in the channel and in direct messages',
  'users:read': 'names, languages and time zones; who is an admin or a guest; who has left',
  'users:read.email': 'to know that a member and an invited person are one and the same',
  'usergroups:read': 'user groups and who is in them, for automatic invitations',
  'files:read': 'the CSV files that members put into a form',
  'files:write': 'exports, and the rows of a list that were left out, to mend and send again',
}

const botEvents = [
  'app_home_opened',
  'app_uninstalled',
  'team_join',
  'user_change',
  'subteam_created',
  'subteam_updated',
  'subteam_members_changed',
]

/**
 * The manifest for a public address (without a path) and the name of the command. In Socket Mode Slack calls no
 * address, so the manifest names none. The name is not checked here: see findCommandNameProblem.
 */
export function buildManifest(options: { url: string; command: string; socketMode?: boolean }): Manifest {
  const socketMode = options.socketMode ?? false
  const publicUrl = options.url.replace(/\/+$/, '')
  const requestUrl = `${publicUrl}/slack/events`
  return {
    _metadata: { major_version: 2, minor_version: 1 },
    display_information: {
      name: 'Usher',
      description: 'Invite people, and follow every invitation until they have joined',
      background_color: '#2b2140',
    },
    features: {
      app_home: { home_tab_enabled: true, messages_tab_enabled: true, messages_tab_read_only_enabled: true },
      bot_user: { display_name: 'Usher', always_online: true },
      shortcuts: [
        {
          name: 'Invite someone',
          type: 'global',
          callback_id: 'invite_someone',
          description: 'Opens the form for one invitation',
        },
        {
          name: 'Invite from message',
          type: 'message',
          callback_id: 'invite_from_message',
          description: 'Takes the addresses out of a message and opens the form with them',
        },
      ],
      slash_commands: [
        {
          command: options.command,
          ...(socketMode ? {} : { url: requestUrl }),
          description: 'Invite people and follow their invitations',
          usage_hint:
            '[address | booked | bulk | import | people | status | approvals | links | auto | why | audit | export | settings | help]',
          should_escape: false,
        },
      ],
    },
    oauth_config: {
      // Sign in with Slack asks for its scopes (openid, email, profile) by itself, at each sign-in.
      ...(publicUrl === '' ? {} : { redirect_urls: [`${publicUrl}/sign-in/slack/return`] }),
      scopes: { bot: Object.keys(botScopes) },
    },
    settings: {
      event_subscriptions: { ...(socketMode ? {} : { request_url: requestUrl }), bot_events: botEvents },
      interactivity: {
        is_enabled: true,
        ...(socketMode ? {} : { request_url: requestUrl, message_menu_options_url: requestUrl }),
      },
      org_deploy_enabled: false,
      socket_mode_enabled: socketMode,
      token_rotation_enabled: false,
    },
  }
}

// Slack's own commands. One of them in a manifest makes Slack refuse every command of it, with a message that does not
// say which.
const slacksOwn = new Set(
  `active apps archive away call collapse dm dnd expand feed feedback invite invite_people join keys kick leave me msg
  mute open prefs pro remind remove rename search shortcuts shrug star status topic unarchive unmute unstar who`.split(
    /\s+/,
  ),
)

/** Says in words why Slack would not take this name for a command; nothing when it would. */
export function findCommandNameProblem(command: string): string | undefined {
  if (!command.startsWith('/')) return `A command begins with a slash: /${command}`
  if (command.length < 2 || command.length > 32) return 'A command has 2 to 32 characters, the slash among them.'
  if (!/^\/[a-z0-9_-]+$/.test(command)) return 'A command has only small letters, digits, - and _ after its slash.'
  if (slacksOwn.has(command.slice(1))) {
    return `Slack keeps ${command} for itself and refuses a manifest that claims it. Choose another, such as /invites.`
  }
  return undefined
}
