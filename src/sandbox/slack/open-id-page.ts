// The page of the local Slack on which somebody chooses whom to sign in as: every member is a link, and one says no.
import type { ClientUser } from './client-api.ts'

/** The page. `query`: what the app asked for, which goes with every choice. */
export function authorizePage(given: {
  people: ClientUser[]
  query: URLSearchParams
  workspace: string
  app: string
}): string {
  const { people, query, workspace, app } = given
  const choice = (id: string, words: string) => {
    const address = new URLSearchParams([...query].filter(([name]) => name !== 'as'))
    address.set('as', id)
    return `<li><a href="?${asText(address.toString())}">${asText(words)}</a></li>`
  }
  return page(
    `Sign in to ${app} with Slack`,
    `<p>This is the local Slack of the sandbox: the workspace ${asText(workspace)}. Who are you?</p>
<ul>${people.map(({ id, real_name, email }) => choice(id, `${real_name}${email ? ` (${email})` : ''}`)).join('\n')}</ul>
<p>Or:</p>
<ul>${choice('nobody', 'Cancel')}</ul>`,
  )
}

/** What Slack says where it sends nobody back. */
export function refusalPage(why: string): string {
  return page('Something went wrong', `<p>${asText(why)}</p>`)
}

function page(heading: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>${asText(heading)}</title>
<style>body { font: 1rem/1.6 system-ui, sans-serif; max-width: 32rem; margin: 3rem auto; padding: 0 1rem }</style></head>
<body><main><h1>${asText(heading)}</h1>
${content}
</main></body>
</html>
`
}

function asText(text: string): string {
  return text.replaceAll(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
