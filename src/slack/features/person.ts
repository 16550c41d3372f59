// The card of one person, opened from the list of people and from the story of an invitation.
import type { Feature } from '../feature.ts'
import { PERSON_FROM_STORY, PERSON_OPEN, personCard } from '../person-card.ts'
import { chosenPerson, PERSON_CHOSEN, withFreshMenu } from '../person-menu.ts'

export const person: Feature = {
  name: 'person',
  actions: {
    [PERSON_OPEN]: async (visit) => {
      const view = await personCard(visit, visit.value)
      await (visit.view ? visit.push(view) : visit.open(view))
    },
    // In the story's place: a third modal may stand on the list of people and the card already.
    [PERSON_FROM_STORY]: async (visit) => {
      const [personId = '', invitationId = ''] = visit.value.split(':')
      await visit.update(await personCard(visit, personId, invitationId))
    },
    [PERSON_CHOSEN]: async (visit) => {
      const personId = chosenPerson(visit.view)
      if (!visit.view || personId === undefined) return
      await visit.push(await personCard(visit, personId))
      await visit.update(withFreshMenu(visit.view.shown, String(visit.at)))
    },
  },
}
