// `/invites approvals`: what waits for my decision; "Review" with everything asked for; several decided at once.
import type { KnownBlock, ModalView } from '@slack/types'
import {
  approveRequest,
  listRequests,
  type RequestDetails,
  readRequestToDecide,
  rejectRequest,
  searchListPeople,
} from '../../invitations/index.ts'
import { Refusal, Refusals } from '../../refusal.ts'
import { type AccessValues, accessChoices, accessFields, readAccess } from '../access-fields.ts'
import {
  actions,
  button,
  context,
  cut,
  escapeText,
  manyChoicesField,
  moment,
  pickField,
  plain,
  section,
  textField,
  ticksField,
} from '../blocks.ts'
import { explain, notice } from '../dispatch.ts'
import type { ActionVisit, Feature, SubmissionResult, SubmissionVisit, Visit } from '../feature.ts'
import { accessInWords, REVIEW, summaryBlocks, whatIsAsked } from '../request-messages.ts'

const OPEN = 'approvals_open'
// Two ids, because an id stands once in a row of buttons (Slack).
const EARLIER = 'approvals_earlier'
const LATER = 'approvals_later'
const LIST_FORM = 'approvals_form'
const REVIEW_FORM = 'review_form'
/** A field of ticks holds ten (Slack). */
const PAGE = 10
const ANSWER_LENGTH = 500
const DECISIONS = [
  { id: 'approve', name: 'Approve' },
  { id: 'reject', name: 'Reject' },
]

export const approvals: Feature = {
  name: 'approvals',
  command: {
    word: 'approvals',
    usage: 'approvals',
    purpose: 'shows what waits for your decision',
    run: async (visit) => visit.open(await list(visit, 0)),
  },
  actions: {
    [OPEN]: async (visit) => visit.open(await list(visit, 0)),
    [EARLIER]: async (visit) => visit.update(await list(visit, Number(visit.value) || 0)),
    [LATER]: async (visit) => visit.update(await list(visit, Number(visit.value) || 0)),
    [REVIEW]: review,
  },
  submissions: { [LIST_FORM]: decideSeveral, [REVIEW_FORM]: decide },
  choices: {
    ...accessChoices,
    leaveOut: async (visit, typed) => {
      const request = await readRequestToDecide(visit.c.db, visit, visit.privateMetadata ?? '')
      const people = await searchListPeople(visit.c.db, request.batchId ?? '', typed)
      return people.map(({ emailKey, written }) => ({ id: emailKey, name: written }))
    },
  },
}

async function list(visit: Visit, skip: number): Promise<ModalView> {
  const { requests, total } = await listRequests(visit.c.db, visit, { limit: PAGE, skip })
  const title = plain('Approvals', 24)
  const close = plain('Close', 24)
  if (requests.length === 0) {
    return { type: 'modal', title, close, blocks: [section('Nothing waits for your decision.')] }
  }
  const pages = [
    ...(skip > 0 ? [button(EARLIER, 'Earlier', { value: String(Math.max(0, skip - PAGE)) })] : []),
    ...(skip + PAGE < total ? [button(LATER, 'Later', { value: String(skip + PAGE) })] : []),
  ]
  return {
    type: 'modal',
    callback_id: LIST_FORM,
    title,
    submit: plain('Decide', 24),
    close,
    blocks: [
      section(`*${total === 1 ? 'One request waits' : `${total} requests wait`} for your decision.*`),
      ...requests.flatMap(line),
      ...actions(pages),
      { type: 'divider' },
      ticksField({
        id: `chosen-${skip}`,
        label: 'Decide several at once, as they were asked for',
        choices: requests.map((request) => ({
          id: request.id,
          name: `${whatIsAsked(request)} · ${request.requesterName}`,
        })),
      }),
      pickField({ id: 'decision', label: 'Decision', choices: DECISIONS }),
      answerField(),
    ],
  }
}

function line(request: RequestDetails): KnownBlock[] {
  return [
    section(
      `*${escapeText(whatIsAsked(request))}* into ${escapeText(accessInWords(request))}\n${escapeText(request.requesterName)}, ${moment(request.createdAt)}`,
      button(REVIEW, 'Review', {
        value: request.id,
        label: cut(`Review ${whatIsAsked(request)}, asked for by ${request.requesterName}`, 75),
      }),
    ),
  ]
}

function answerField() {
  return textField({
    id: 'answer',
    label: 'Words to whoever asked',
    hint: 'A rejection needs a reason.',
    optional: true,
    value: '',
    most: ANSWER_LENGTH,
    lines: true,
  })
}

async function review(visit: ActionVisit): Promise<void> {
  const request = await readRequestToDecide(visit.c.db, visit, visit.value)
  if (request.status !== 'open') {
    const by = request.decidedByName ?? 'Somebody'
    throw new Refusal('request_decided', { detail: { by, what: request.status } })
  }
  const chosen: AccessValues = { ...request, locationId: null, language: null, note: '' }
  const fields = await accessFields(visit, chosen, {
    only: ['hubId', 'userType', 'role', 'departmentId'],
    names: { hubId: request.hubName, departmentId: request.departmentName ?? '' },
  })
  const view: ModalView = {
    type: 'modal',
    callback_id: REVIEW_FORM,
    private_metadata: request.id,
    title: plain('Review', 24),
    submit: plain('Decide', 24),
    close: plain('Not now', 24),
    blocks: [
      ...summaryBlocks(request),
      context(`If nobody decides, the request lapses ${moment(request.lapsesAt)}.`),
      ...fields,
      ...(request.batchId
        ? [
            manyChoicesField({
              id: 'leaveOut',
              label: 'Leave out',
              hint: 'People of the list who are not invited. Type a part of the address.',
              ask: 'Nobody',
            }),
          ]
        : []),
      pickField({ id: 'decision', label: 'Decision', choices: DECISIONS }),
      answerField(),
    ],
  }
  await (visit.view ? visit.push(view) : visit.open(view))
}

function readDecision(values: Record<string, string | null>): { approves: boolean; answer: string } {
  const answer = values.answer?.trim() ?? ''
  if (values.decision !== 'approve' && values.decision !== 'reject') {
    throw new Refusals([new Refusal('decision_missing', { field: 'decision' })])
  }
  const approves = values.decision === 'approve'
  if (!approves && answer === '') throw new Refusals([new Refusal('reason_missing', { field: 'answer' })])
  return { approves, answer }
}

function by(visit: Visit) {
  return { organisationId: visit.organisation.id, actorId: visit.member.id, origin: 'slack' }
}

async function decide(visit: SubmissionVisit): Promise<SubmissionResult> {
  const requestId = visit.view.privateMetadata
  const { approves, answer } = readDecision(visit.values)
  if (approves) {
    const leaveOut = (visit.values.leaveOut ?? '').split(',').filter(Boolean)
    await approveRequest(visit.c, { ...by(visit), requestId, answer, access: readAccess(visit.values), leaveOut })
  } else {
    await rejectRequest(visit.c, { ...by(visit), requestId, answer })
  }
  return {}
}

/** Each is decided by itself: one that was decided meanwhile, or may not be given, does not keep the others. */
async function decideSeveral(visit: SubmissionVisit): Promise<SubmissionResult> {
  const [field = ''] = Object.keys(visit.values).filter((name) => name.startsWith('chosen-'))
  const chosen = (visit.values[field] ?? '').split(',').filter(Boolean)
  if (chosen.length === 0) throw new Refusals([new Refusal('nobody_chosen', { field })])
  const { approves, answer } = readDecision(visit.values)
  const lines: string[] = []
  for (const requestId of chosen) {
    let name = 'A request'
    try {
      const request = await readRequestToDecide(visit.c.db, visit, requestId)
      name = whatIsAsked(request)
      if (approves) {
        await approveRequest(visit.c, { ...by(visit), requestId, answer, access: request, leaveOut: [] })
      } else {
        await rejectRequest(visit.c, { ...by(visit), requestId, answer })
      }
      lines.push(`${name}: ${approves ? 'approved' : 'rejected'}.`)
    } catch (error) {
      lines.push(`${name}: ${explain(visit.c, 'decide several', error)}`)
    }
  }
  return { show: notice('Approvals', lines.join('\n')) }
}
