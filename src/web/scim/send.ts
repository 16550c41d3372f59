// How every answer to a directory leaves: as SCIM, whole, kept by no cache.
import type { Response } from 'express'
import { answer } from '../answer.ts'
import type { Headers } from '../headers.ts'
import { errorDocument, type ScimError } from './scim-error.ts'

/** `document`: none is "no content". `location`: where the resource is. */
export type Reply = { status: number; document?: object; location?: string }

export type Send = {
  reply: (response: Response, reply: Reply) => void
  refusal: (response: Response, error: Pick<ScimError, 'status' | 'scimType' | 'message'>, more?: Headers) => void
}

export function createSend(machine: Headers): Send {
  const headers = { ...machine, 'Content-Type': 'application/scim+json; charset=utf-8' }
  return {
    reply(response, { status, document, location }) {
      const more: Headers = location === undefined ? {} : { Location: location }
      answer(response, { status, headers, body: document === undefined ? '' : JSON.stringify(document), more })
    },
    refusal(response, error, more = {}) {
      answer(response, { status: error.status, headers, body: errorDocument(error), more })
    },
  }
}
