// `/invites auto`: whom the clock invites. How it stands, a form, what it would do, and only then "Switch on".
import type { ModalView } from '@slack/types'
import {
  type AutoKind,
  type AutoRule,
  agreeToHeld,
  CONDITIONS,
  dayIn,
  draftAutoRule,
  listAutoPeople,
  readAutoDraft,
  readAutoRule,
  runAutoPass,
  searchGroups,
  turnOffAutoRule,
  turnOnAutoRule,
  weighAutoRule,
} from '../../invitations/index.ts'
import { isCorporateAdmin } from '../../organisation/index.ts'
import { Refusal } from '../../refusal.ts'
import { accessChoices } from '../access-fields.ts'
import { AUTO_FORM, AUTO_GROUPS, autoForm, readAutoForm } from '../auto-form.ts'
import {
  AUTO_AGREE,
  AUTO_BACK,
  AUTO_EARLIER,
  AUTO_EDIT,
  AUTO_LATER,
  AUTO_LIST,
  AUTO_OFF,
  AUTO_OPEN,
  AUTO_PAGE,
  AUTO_PREVIEW,
  autoPeopleView,
  autoPreviewView,
  autoStateView,
} from '../auto-views.ts'
import { groupName } from '../auto-words.ts'
import { MOST_OPTIONS } from '../blocks.ts'
import type { ActionVisit, Feature, SubmissionResult, SubmissionVisit, Visit } from '../feature.ts'
import { people } from '../list-views.ts'
import { updateView } from '../update-view.ts'

const KINDS: AutoKind[] = ['due', 'held', ...CONDITIONS]

export const auto: Feature = {
  name: 'auto',
  command: {
    word: 'auto',
    usage: 'auto',
    purpose: 'invites people automatically: by group, from their first day (Corporate Admins)',
    run: async (visit) => visit.open(await state(visit)),
  },
  actions: {
    [AUTO_OPEN]: async (visit) => visit.open(await state(visit)),
    [AUTO_EDIT]: async (visit) => {
      const rule = await current(visit)
      await visit.push(await autoForm(visit, { memory: rule?.id ?? '', rule }))
    },
    [AUTO_OFF]: async (visit) => {
      await turnOffAutoRule(visit.c, who(visit))
      await visit.update(await state(visit))
    },
    [AUTO_AGREE]: agree,
    [AUTO_BACK]: back,
    ...Object.fromEntries(KINDS.map((kind) => [`${AUTO_LIST}_${kind}`, showPeople])),
    [AUTO_LIST]: showPeople,
    [AUTO_EARLIER]: async (visit) => visit.update(await peopleView(visit)),
    [AUTO_LATER]: async (visit) => visit.update(await peopleView(visit)),
  },
  submissions: { [AUTO_FORM]: preview, [AUTO_PREVIEW]: switchOn },
  choices: {
    ...accessChoices,
    [AUTO_GROUPS]: async (visit, typed) => {
      ensureAdmin(visit)
      // Somebody may type what the menu shows: "Sales (Slack)".
      const search = typed.replace(/\s*\([^()]*\)?$/, '')
      const found = await searchGroups(visit.c.db, visit.organisation.id, { search, limit: MOST_OPTIONS })
      return found.map((group) => ({ id: group.id, name: groupName(group) }))
    },
  },
}

function who({ organisation, member }: Visit) {
  return { organisationId: organisation.id, actorId: member.id, origin: 'slack' }
}

function ensureAdmin({ member, organisation }: Visit): void {
  if (!isCorporateAdmin(member, organisation)) throw new Refusal('may_not_change_settings')
}

function current(visit: Visit): Promise<AutoRule | undefined> {
  ensureAdmin(visit)
  return readAutoRule(visit.c.db, visit.organisation.id)
}

async function state(visit: Visit): Promise<ModalView> {
  return autoStateView(await current(visit), visit.organisation)
}

function momentOf({ c, organisation }: Visit) {
  const now = c.now()
  return { now, today: dayIn(organisation.timeZone, now) }
}

/** The draft of this member, or the rule that holds. */
async function ruleOf(visit: Visit, ruleId: string): Promise<AutoRule> {
  const rule = await current(visit)
  if (rule?.id === ruleId) return rule
  const { organisation, member } = visit
  const draft = await readAutoDraft(visit.c.db, { organisationId: organisation.id, ownerId: member.id, ruleId })
  if (!draft) throw new Refusal('auto_unknown')
  return draft
}

/** "Preview": the form is kept as a draft, and what it would do is shown. */
async function preview(visit: SubmissionVisit): Promise<SubmissionResult> {
  const replacesId = visit.view.privateMetadata || null
  const ruleId = await draftAutoRule(visit.c, { ...who(visit), form: readAutoForm(visit.values), replacesId })
  const draft = await ruleOf(visit, ruleId)
  const weighed = await weighAutoRule(visit.c.db, draft, momentOf(visit))
  const isOn = (await current(visit))?.status === 'on'
  return { show: autoPreviewView(draft, weighed, { isOn }) }
}

/** "Back": the form again, with everything that was chosen. */
async function back(visit: ActionVisit): Promise<void> {
  const draft = await ruleOf(visit, visit.value)
  await visit.update(await autoForm(visit, { memory: draft.replacesId ?? '', rule: draft }))
}

async function switchOn(visit: SubmissionVisit): Promise<SubmissionResult> {
  await turnOnAutoRule(visit.c, { ...who(visit), ruleId: visit.view.privateMetadata })
  return {
    after: async () => {
      if (visit.view.rootId !== visit.view.id) await updateView(visit.client, visit.view.rootId, await state(visit))
    },
  }
}

/** "Invite them": the second yes, and then the pass itself; if it does not come to its end, the clock goes on with it. */
async function agree(visit: ActionVisit): Promise<void> {
  const [ruleId = '', heldAt] = visit.value.split(':')
  const asked = await agreeToHeld(visit.c, { ...who(visit), ruleId, heldAt: new Date(Number(heldAt)) })
  await runAutoPass(visit.c, ruleId)
  if (visit.view) return visit.update(await state(visit))
  await visit.replace({
    text: `Yes: ${people(asked)} are being invited. Follow it in the messages of this app to whoever switched it on.`,
  })
}

async function showPeople(visit: ActionVisit): Promise<void> {
  await visit.push(await peopleView(visit))
}

/** The value is "rule id:kind:how many are passed over". */
async function peopleView(visit: ActionVisit): Promise<ModalView> {
  const [ruleId = '', wanted, from] = visit.value.split(':')
  const kind = KINDS.find((one) => one === wanted) ?? 'due'
  const skip = Math.max(0, Math.trunc(Number(from)) || 0)
  const rule = await ruleOf(visit, ruleId)
  const moment = momentOf(visit)
  const page = { skip, limit: AUTO_PAGE + 1 }
  const found = await listAutoPeople(visit.c.db, { rule, moment, kind }, page)
  const shown = found.slice(0, AUTO_PAGE)
  return autoPeopleView(
    { value: `${ruleId}:${kind}`, kind, today: moment.today },
    { shown, skip, hasMore: found.length > AUTO_PAGE },
  )
}
