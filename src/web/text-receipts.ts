// Where Twilio tells what became of a text message. Only what Twilio has signed is listened to.
import express, { type RequestHandler, Router } from 'express'
import { z } from 'zod'
import { answer } from './answer.ts'
import type { Headers } from './headers.ts'

export type TextReceiptDoor = {
  /** Whether Twilio signed these fields for this path. */
  isGenuineReceipt: (receipt: { path: string; signature: string; said: Record<string, string> }) => Promise<boolean>
  /** `code`: Twilio's, of a message that was not delivered. */
  noteReceipt: (receipt: {
    about: string
    outcome: 'delivered' | 'failed'
    code: number | undefined
  }) => Promise<unknown>
}

const said = z.record(z.string(), z.string())
const OUTCOMES: Record<string, 'delivered' | 'failed'> = {
  delivered: 'delivered',
  read: 'delivered',
  undelivered: 'failed',
  failed: 'failed',
}

/** The route /sms/receipts/:about; what it cannot answer it throws. */
export function createTextReceipts(door: TextReceiptDoor, headers: Headers): Router {
  const take: RequestHandler<{ about: string }> = async (request, response) => {
    const read = said.safeParse(request.body)
    const signature = request.get('X-Twilio-Signature') ?? ''
    const path = request.originalUrl
    if (!read.success || !(await door.isGenuineReceipt({ path, signature, said: read.data }))) {
      return answer(response, { status: 403, headers, body: 'Not signed by Twilio.\n' })
    }
    const outcome = OUTCOMES[read.data.MessageStatus ?? '']
    const code = /^\d{1,6}$/.test(read.data.ErrorCode ?? '') ? Number(read.data.ErrorCode) : undefined
    if (outcome) await door.noteReceipt({ about: request.params.about, outcome, code })
    answer(response, { status: 204, headers, body: '' })
  }
  const read = express.urlencoded({ extended: false, limit: '16kb', inflate: false })
  return Router().post('/sms/receipts/:about', read, take)
}
