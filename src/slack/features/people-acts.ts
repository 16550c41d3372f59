// What HR does with people who were chosen in the list, or with the one on a card: mark as left, bring back, categorise.
import { bringBack, type Categorised, categorise, markLeft } from '../../people/index.ts'
import type { ActionVisit, Feature } from '../feature.ts'
import { people as words } from '../list-views.ts'
import { BRING_BACK, MARK_LEFT, SET_CONTRACTOR, SET_EMPLOYEE } from '../people-acts-view.ts'
import { carryOut, who } from './people.ts'

export const peopleActs: Feature = {
  name: 'people-acts',
  actions: {
    [SET_EMPLOYEE]: (visit) => categoriseChosen(visit, 'employee'),
    [SET_CONTRACTOR]: (visit) => categoriseChosen(visit, 'contractor'),
    [MARK_LEFT]: (visit) =>
      carryOut(visit, async (selectionId) => {
        const { count } = await markLeft(visit.c, { ...who(visit), which: { selectionId } })
        return `${words(count)} marked as left.`
      }),
    [BRING_BACK]: (visit) =>
      carryOut(visit, async (selectionId) => {
        const { count, held } = await bringBack(visit.c, { ...who(visit), which: { selectionId } })
        const others = held === 0 ? '' : ` Slack or SCIM says that ${words(held)} left: reactivate them there.`
        return `${words(count)} brought back.${others}`
      }),
  },
}

function categoriseChosen(visit: ActionVisit, employeeType: 'employee' | 'contractor'): Promise<void> {
  return carryOut(visit, async (selectionId) =>
    told(await categorise(visit.c, { ...who(visit), which: { selectionId }, employeeType }), employeeType),
  )
}

function told({ count, held }: Categorised, employeeType: 'employee' | 'contractor'): string {
  const kind = employeeType === 'employee' ? 'Employee' : 'Contractor'
  const others = held === 0 ? '' : ` Of ${words(held)} SCIM or an import says something else: change that there.`
  return `${words(count)} set to ${kind}.${others}`
}
