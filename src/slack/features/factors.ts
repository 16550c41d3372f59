// Second factors that somebody lost are reset by an admin, from the person's card.
import type { Feature } from '../feature.ts'
import { showCard } from '../person-card.ts'
import { RESET_FACTORS } from '../reset-factors-button.ts'

export const factors: Feature = {
  name: 'factors',
  actions: {
    [RESET_FACTORS]: async (visit) => {
      const { c, organisation, member, value } = visit
      await c.resetFactors({
        organisationId: organisation.id,
        actorId: member.id,
        personId: value,
        origin: 'slack',
      })
      await showCard(visit, value)
    },
  },
}
