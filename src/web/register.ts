// The newcomer's task: open a registration link, give an address, and look into the mailbox. The page says the same to
// everybody: who has an account is told in their own mailbox alone.
import type { Request, RequestHandler, Response } from 'express'
import { languageCodes, textsOf } from '../languages/index.ts'
import { Refusal, Refusals } from '../refusal.ts'
import { answer, clientAddress } from './answer.ts'
import type { WebDoor } from './door.ts'
import { readFormLanguage, readRegisterForm } from './form.ts'
import type { Headers } from './headers.ts'
import { browserLanguage } from './page-language.ts'
import { deadRegisterPage } from './pages/notes.ts'
import { registerPage } from './pages/register.ts'

// Made once: a dead link costs the same and looks the same whatever killed it.
const deadPages = new Map(
  languageCodes.map((language) => [language, Buffer.from(deadRegisterPage(textsOf(language)).toString())]),
)

export type Register = {
  open: RequestHandler<{ token: string }>
  ask: RequestHandler<{ token: string }>
  dead: RequestHandler
}

/** Makes the handlers of /register/:token. What they cannot answer they throw. */
export function createRegister(door: WebDoor, headers: Headers): Register {
  async function open(request: Request<{ token: string }>, response: Response): Promise<void> {
    const page = await door.openRegistrationLink(request.params.token).catch(deadAsUndefined)
    if (!page) return dead(request, response)
    const body = registerPage(textsOf(browserLanguage(request, page.language)), page, { email: '', isMalformed: false })
    answer(response, { status: 200, headers, body })
    if (request.method === 'GET') door.noteLinkOpening(page.linkId)
  }

  async function ask(request: Request<{ token: string }>, response: Response): Promise<void> {
    const { token } = request.params
    const { email } = readRegisterForm(request.body)
    const language = readFormLanguage(request.body)
    try {
      await door.askToRegister(token, { email, language, from: clientAddress(request) })
    } catch (error) {
      if (error instanceof Refusal && error.code === 'link_dead') return dead(request, response)
      if (!(error instanceof Refusals)) throw error
      const page = await door.openRegistrationLink(token).catch(deadAsUndefined)
      if (!page) return dead(request, response)
      const body = registerPage(textsOf(language), page, { email, isMalformed: true })
      return answer(response, { status: 422, headers, body })
    }
    answer(response, { status: 303, headers, body: '', more: { Location: `/mailbox?language=${language}` } })
  }

  function dead(request: Request<{ token: string }> | Request, response: Response): void {
    answer(response, { status: 404, headers, body: deadPages.get(browserLanguage(request)) ?? '' })
    const { token } = request.params
    const how = request.method === 'POST' ? 'sent' : 'opened'
    door.noteDeadLink(typeof token === 'string' ? token : '', { from: clientAddress(request), how })
  }

  return { open, ask, dead }
}

function deadAsUndefined(error: unknown): undefined {
  if (error instanceof Refusal && error.code === 'link_dead') return undefined
  throw error
}
