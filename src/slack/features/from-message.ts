// "Invite from message": the addresses out of a message, in the form for one or in the form for many.
import type { ModalView } from '@slack/types'
import type { EmailAddress } from '../../people/index.ts'
import { NOTHING_CHOSEN } from '../access-fields.ts'
import { notice } from '../dispatch.ts'
import type { ActionVisit, Feature } from '../feature.ts'
import { listForm, PASTED_LENGTH } from '../list-views.ts'
import { addressesIn } from '../message-addresses.ts'
import { inviteForm } from './invite.ts'

export const fromMessage: Feature = {
  name: 'from-message',
  shortcuts: {
    invite_from_message: async (visit) => visit.open(await formFor(visit)),
  },
}

async function formFor(visit: ActionVisit): Promise<ModalView> {
  const addresses = addressesIn(visit.message ?? {})
  const from = visit.channelId ?? ''
  const [first, ...others] = addresses
  if (!first) {
    return notice(
      'No address found',
      `There is no e-mail address in this message. Type ${visit.command} to invite somebody.`,
    )
  }
  if (others.length === 0) return inviteForm(visit, { email: first.written, from })
  const { pasted, count } = asManyAsFit(addresses)
  return listForm(
    visit,
    { from },
    {
      pasted,
      access: NOTHING_CHOSEN,
      ...(count < addresses.length
        ? { problem: `This message has ${addresses.length} addresses; the first ${count} fit here.` }
        : {}),
    },
  )
}

/** A line each, whole addresses only. */
function asManyAsFit(addresses: EmailAddress[]): { pasted: string; count: number } {
  const lines: string[] = []
  let length = 0
  for (const { written } of addresses) {
    length += written.length + 1
    if (length > PASTED_LENGTH) break
    lines.push(written)
  }
  return { pasted: lines.join('\n'), count: lines.length }
}
