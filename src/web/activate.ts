// Whoever has a slip types its code, or brings it along by the slip's picture, and goes on to the sign-up. Looking changes
// nothing; a code that does not work is answered the same, whatever is wrong with it.
import type { Request, RequestHandler, Response } from 'express'
import { textsOf } from '../languages/index.ts'
import { answer, clientAddress } from './answer.ts'
import type { WebDoor } from './door.ts'
import { readFormLanguage, readSlipForm } from './form.ts'
import type { Headers } from './headers.ts'
import { browserLanguage } from './page-language.ts'
import { activatePage } from './pages/activate.ts'

export type Activate = { open: RequestHandler<{ code?: string }>; take: RequestHandler }

/** A code has no more than this many characters, whatever is typed between its signs. */
const LONGEST = 60

/** Makes the handlers of /activate. What they cannot answer they throw. */
export function createActivate(door: Pick<WebDoor, 'openBySlip' | 'noteWrongSlip'>, headers: Headers): Activate {
  return {
    open(request: Request<{ code?: string }>, response: Response) {
      const code = (request.params.code ?? '').slice(0, LONGEST)
      answer(response, {
        status: 200,
        headers,
        body: activatePage(textsOf(browserLanguage(request)), { code, isWrong: false }),
      })
    },
    async take(request, response) {
      const { code } = readSlipForm(request.body)
      const token = await door.openBySlip(code)
      // A path without a host: nothing that a request says can lead anybody elsewhere.
      if (token) return answer(response, { status: 303, headers, body: '', more: { Location: `/join/${token}` } })
      door.noteWrongSlip({ from: clientAddress(request) })
      const body = activatePage(textsOf(readFormLanguage(request.body)), {
        code: code.slice(0, LONGEST),
        isWrong: true,
      })
      answer(response, { status: 422, headers, body })
    },
  }
}
