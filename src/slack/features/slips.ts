// A new activation slip from an invitation's story: for one that was lost, ran out, or was approved by somebody else.
import { type InvitationStory, renewSlip } from '../../invitations/index.ts'
import { button, confirmation, cut } from '../blocks.ts'
import type { ActionVisit, Feature } from '../feature.ts'
import { sendSlips, slipView } from '../slip-view.ts'

/** Its value is "invitation id:generation", so that an old button makes none. */
const NEW = 'slip_new'

export const slips: Feature = {
  name: 'slips',
  actions: { [NEW]: makeNew },
}

/** The button in the story of an invitation that is given by a slip. */
export function slipButton({
  id,
  generation,
  email,
  status,
}: Pick<InvitationStory, 'id' | 'generation' | 'email' | 'status'>) {
  const value = `${id}:${generation}`
  if (status === 'waiting') return button(NEW, 'Make the slip', { value, label: cut(`Make the slip of ${email}`, 75) })
  return button(NEW, 'New slip', {
    value,
    label: cut(`Make a new slip for ${email}`, 75),
    confirm: confirmation({
      title: 'Make a new slip?',
      text: `The code on the older slip of ${cut(email, 200)} stops working at once.`,
      confirm: 'Make a new slip',
      deny: 'Keep the older one',
    }),
  })
}

async function makeNew(visit: ActionVisit): Promise<void> {
  const [invitationId = '', generation] = visit.value.split(':')
  const slip = await renewSlip(visit.c, {
    organisationId: visit.organisation.id,
    actorId: visit.member.id,
    invitationId,
    generation: Number(generation),
    origin: 'slack',
  })
  await (visit.view ? visit.push(slipView(slip)) : visit.open(slipView(slip)))
  await sendSlips(visit, [slip], `Activation slip of ${slip.name}`)
}
