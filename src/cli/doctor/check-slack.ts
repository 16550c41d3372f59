// The doctor's questions to Slack: is the token right, may it do everything, and does Socket Mode open.
import type { Identity, SlackAnswer } from '../../slack/doctor.ts'
import { findMissingScopes } from '../../slack/doctor.ts'
import { bad, type Finding, good, whyUnreachable } from './finding.ts'

const inSlack = 'https://api.slack.com/apps, your app'

const tokenErrors: Record<string, string> = {
  invalid_auth: `Slack does not know it. Copy SLACK_BOT_TOKEN again: ${inSlack}, OAuth & Permissions.`,
  not_authed: `Slack does not know it. Copy SLACK_BOT_TOKEN again: ${inSlack}, OAuth & Permissions.`,
  token_revoked: `it was revoked. Install the app again (${inSlack}, Install App) and copy the new SLACK_BOT_TOKEN.`,
  account_inactive: `the app was removed from the workspace. Install it again (${inSlack}, Install App).`,
  token_expired:
    'it ran out. Usher needs a lasting token: turn token rotation off, or make the app anew from the manifest.',
  ratelimited: 'Slack asks for patience. Wait a minute, then try again.',
}

/** Findings about the token and its scopes, and the identity for those who go on with it. `ask` may throw. */
export async function checkSlackToken(
  ask: () => Promise<Identity>,
): Promise<{ findings: Finding[]; identity?: Identity }> {
  let identity: Identity
  try {
    identity = await ask()
  } catch (error) {
    const text = `Slack cannot be reached: ${whyUnreachable(error)}. Let this machine call https://slack.com on port 443.`
    return { findings: [bad('Slack token', text)] }
  }
  if (!identity.ok) {
    const text = tokenErrors[identity.error] ?? `Slack says "${identity.error}".`
    return { findings: [bad('Slack token', text)], identity }
  }
  const works = good('Slack token', `works, in the workspace ${identity.team}, as @${identity.botName}`)
  return { findings: [works, checkScopes(identity.scopes)], identity }
}

function checkScopes(granted: readonly string[]): Finding {
  const missing = findMissingScopes(granted)
  if (missing.length === 0) return good('Slack scopes', 'all there')
  const text = `${missing.join(', ')} missing. Add what is missing (${inSlack}, OAuth & Permissions, Bot Token Scopes), then reinstall the app.`
  return bad('Slack scopes', text)
}

/** Whether the app token opens Socket Mode. `ask` may throw. */
export async function checkSocketMode(ask: () => Promise<SlackAnswer>): Promise<Finding> {
  const about = 'Socket Mode'
  try {
    const answer = await ask()
    if (answer.ok) return good(about, 'SLACK_APP_TOKEN works')
    const todo = `Make a token with connections:write (${inSlack}, Basic Information, App-Level Tokens) and turn Socket Mode on.`
    return bad(about, `Slack refuses SLACK_APP_TOKEN ("${answer.error}"). ${todo}`)
  } catch (error) {
    return bad(about, `Slack cannot be reached: ${whyUnreachable(error)}.`)
  }
}

const postErrors: Record<string, string> = {
  not_in_channel: 'Usher is not in it. Type /invite @Usher in that channel.',
  channel_not_found:
    'it is gone, or private and Usher is not in it. Type /invite @Usher there, or choose another in the settings.',
  is_archived: 'it is archived. Choose another in the settings.',
  missing_scope: 'the scope chat:write is missing.',
}

/** Whether Usher may write into the notification channel; found out by writing a line. `post` may throw. */
export async function checkChannel(post: () => Promise<SlackAnswer>): Promise<Finding> {
  const about = 'Notification channel'
  try {
    const answer = await post()
    if (answer.ok) return good(about, 'a line was written there')
    return bad(about, postErrors[answer.error] ?? `Slack says "${answer.error}".`)
  } catch (error) {
    return bad(about, `Slack cannot be reached: ${whyUnreachable(error)}.`)
  }
}
