// The buttons under a summary of news: "Resend all" sends again what expired or failed in that minute.
import { readGathering, resendMany } from '../../invitations/index.ts'
import type { ActionVisit, Feature } from '../feature.ts'
import { countAgain, oneMoment, RESEND_GATHERED, resentWords, summaryMessage } from '../notice-summary.ts'

export const news: Feature = {
  name: 'news',
  actions: { [RESEND_GATHERED]: resendGathered },
}

/** Ten thousand take some seconds: the message says so, and comes back with what was done. */
async function resendGathered(visit: ActionVisit): Promise<void> {
  const { c, organisation, member } = visit
  const gathering = await readGathering(c.db, { gatheringId: visit.value, organisationId: organisation.id })
  const failed = gathering.told
    .filter(({ news }) => news === 'expired' || news === 'failed')
    .reduce((sum, { count }) => sum + count, 0)
  await visit.replace(oneMoment())
  const selection = { gatheringId: gathering.id }
  const { resent } = await resendMany(c, {
    organisationId: organisation.id,
    actorId: member.id,
    selection,
    origin: 'slack',
  }).catch(async (error: unknown) => {
    await visit.replace(summaryMessage(gathering, await countAgain(c, gathering)))
    throw error
  })
  await visit.replace(summaryMessage(gathering, 0, resentWords(resent, Math.max(0, failed - resent))))
}
