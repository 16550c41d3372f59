// What is done with people who were chosen in the list, or with the one on a card: resend, pause, reopen, mark as left, bring
// back, categorise.
import { pauseAccounts, reopenAccounts } from '../../accounts/index.ts'
import { resendMany } from '../../invitations/index.ts'
import { type ActOnPeople, bringBack, type Categorised, categorise, markLeft } from '../../people/index.ts'
import type { ActionVisit, Feature } from '../feature.ts'
import { CARD_BRING_BACK, CARD_MARK_LEFT, CARD_SET_CONTRACTOR, CARD_SET_EMPLOYEE } from '../leaver-buttons.ts'
import { people as words } from '../list-views.ts'
import { pastLimitWords } from '../notice-summary.ts'
import {
  BRING_BACK,
  MARK_LEFT,
  PAUSE,
  REOPEN,
  RESEND_CHOSEN,
  SET_CONTRACTOR,
  SET_EMPLOYEE,
} from '../people-acts-view.ts'
import { showCard } from '../person-card.ts'
import { carryOut, who } from './people.ts'

export const peopleActs: Feature = {
  name: 'people-acts',
  actions: {
    [RESEND_CHOSEN]: resendChosen,
    [PAUSE]: (visit) => turnAccounts(visit, pauseAccounts, 'paused'),
    [REOPEN]: (visit) => turnAccounts(visit, reopenAccounts, 'reopened'),
    [SET_EMPLOYEE]: (visit) => categoriseChosen(visit, 'employee'),
    [SET_CONTRACTOR]: (visit) => categoriseChosen(visit, 'contractor'),
    [MARK_LEFT]: (visit) =>
      carryOut(visit, 'mark them as left', async (selectionId) => {
        const { count } = await markLeft(visit.c, { ...who(visit), which: { selectionId } })
        return `${words(count)} marked as left.`
      }),
    [BRING_BACK]: (visit) =>
      carryOut(visit, 'bring them back', async (selectionId) => {
        const { count, held } = await bringBack(visit.c, { ...who(visit), which: { selectionId } })
        const others = held === 0 ? '' : ` Slack or SCIM says that ${words(held)} left: reactivate them there.`
        return `${words(count)} brought back.${others}`
      }),
    [CARD_MARK_LEFT]: (visit) => onCard(visit, (one) => markLeft(visit.c, one)),
    [CARD_BRING_BACK]: (visit) => onCard(visit, (one) => bringBack(visit.c, one)),
    [CARD_SET_EMPLOYEE]: (visit) => onCard(visit, (one) => categorise(visit.c, { ...one, employeeType: 'employee' })),
    [CARD_SET_CONTRACTOR]: (visit) =>
      onCard(visit, (one) => categorise(visit.c, { ...one, employeeType: 'contractor' })),
  },
}

/** Does something with the person of a card, and shows the card as it is then. */
async function onCard(visit: ActionVisit, act: (one: ActOnPeople) => Promise<unknown>): Promise<void> {
  await act({ ...who(visit), which: { personId: visit.value } })
  await showCard(visit, visit.value)
}

function resendChosen(visit: ActionVisit): Promise<void> {
  return carryOut(visit, 'resend their invitations', async (selectionId) => {
    const { resent, pastLimit } = await resendMany(visit.c, { ...who(visit), selection: { selectionId } })
    return `${words(resent, 'invitation')} sent again.${pastLimitWords(pastLimit)}`
  })
}

function turnAccounts(visit: ActionVisit, act: typeof pauseAccounts, done: 'paused' | 'reopened'): Promise<void> {
  const what = done === 'paused' ? 'pause their accounts' : 'open their accounts again'
  return carryOut(visit, what, async (selectionId) => {
    const turned = await act(visit.c, { ...who(visit), selectionId })
    return `${words(turned, 'account')} ${done}.`
  })
}

function categoriseChosen(visit: ActionVisit, employeeType: 'employee' | 'contractor'): Promise<void> {
  const what = employeeType === 'employee' ? 'set them to Employee' : 'set them to Contractor'
  return carryOut(visit, what, async (selectionId) =>
    told(await categorise(visit.c, { ...who(visit), which: { selectionId }, employeeType }), employeeType),
  )
}

function told({ count, held }: Categorised, employeeType: 'employee' | 'contractor'): string {
  const kind = employeeType === 'employee' ? 'Employee' : 'Contractor'
  const others = held === 0 ? '' : ` Of ${words(held)} SCIM or an import says something else: change that there.`
  return `${words(count)} set to ${kind}.${others}`
}
