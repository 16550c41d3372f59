// `/invites why @person`: what holds for this person, what is missing, and what follows, in plain words.
import type { KnownBlock, ModalView } from '@slack/types'
import { dayIn, explainPerson } from '../../invitations/index.ts'
import { grantsOf, reachOf } from '../../organisation/index.ts'
import { findPerson, type PeopleViewer, readEmailAddress } from '../../people/index.ts'
import { Refusal } from '../../refusal.ts'
import { conclusionWords, conditionWords } from '../auto-words.ts'
import { context, escapeText, moment, plain, section } from '../blocks.ts'
import type { Answer, CommandVisit, Feature, Visit } from '../feature.ts'
import { findByHandle } from '../find-by-handle.ts'
import { findByName, severalFound } from '../find-by-name.ts'
import { WHY_OPEN } from '../why-button.ts'

export const why: Feature = {
  name: 'why',
  command: {
    word: 'why',
    usage: 'why @person',
    purpose: 'says why somebody (@person, a name or an address) is invited automatically, or what is missing',
    run: async (visit) => visit.answer(await explained(visit)),
  },
  actions: {
    [WHY_OPEN]: async (visit) => {
      const { blocks } = await explanation(visit, visit.value)
      const view: ModalView = {
        type: 'modal',
        title: plain('Why invited, or not', 24),
        close: plain('Close', 24),
        blocks,
      }
      await (visit.view ? visit.push(view) : visit.open(view))
    },
  },
}

function viewerOf({ member, organisation }: Visit): PeopleViewer {
  if (grantsOf(member, organisation).length === 0) throw new Refusal('may_not_invite')
  return { organisationId: organisation.id, reach: reachOf(member, organisation) }
}

async function explained(visit: CommandVisit): Promise<Answer> {
  viewerOf(visit)
  if (visit.rest === '') {
    const text = `Say whom: \`${visit.command} why @person\`, a name, or an e-mail address.`
    return { text, blocks: [section(text)] }
  }
  return explanation(visit, await findMeant(visit, viewerOf(visit)))
}

/** Throws Refusal `nobody_found`, also for somebody whom they may not see. */
async function explanation(visit: Visit, personId: string): Promise<{ text: string; blocks: KnownBlock[] }> {
  const viewer = viewerOf(visit)
  const { organisation, c } = visit
  const now = c.now()
  const person = await explainPerson(c.db, { organisation, reach: viewer.reach }, { personId, now })
  if (!person) throw nobodyFound(visit)
  const place = { today: dayIn(organisation.timeZone, now), timeZone: organisation.timeZone, command: visit.command }
  const lines = person.conditions.map((condition) => conditionWords(condition, person, place)).filter(Boolean)
  const conclusion = conclusionWords(person, place)
  const { invitation } = person
  return {
    text: escapeText([person.name, ...lines, conclusion.replaceAll('*', '')].join('\n')),
    blocks: [
      section(`*${escapeText(person.name)}*\n${lines.map(escapeText).join('\n')}`),
      // Its own bold stays: what stands in it beside is ours, and a time zone's name.
      section(conclusion),
      ...(invitation ? [context(`The last invitation: ${moment(invitation.at)}.`)] : []),
    ],
  }
}

/**
 * Whom somebody means: <@U…|name>, an address, a handle of Slack's, or a name. Throws Refusal `nobody_found` (also: not
 * among those whom they may see) and `several_found`.
 */
async function findMeant(visit: Visit & { rest: string }, viewer: PeopleViewer): Promise<string> {
  const { db } = visit.c
  const { organisationId } = viewer
  const typed = visit.rest.replace(/^<mailto:[^|>]+\|([^>]+)>$/, '$1').trim()
  const [, slackUserId] = /^<@([UW][A-Z0-9]+)(?:\|[^>]*)?>$/.exec(typed) ?? []
  const name = typed.replace(/^@/, '')
  const address = readEmailAddress(name)
  const by = slackUserId ? { slackUserId } : address ? { emailKey: address.key } : undefined
  if (by) {
    const person = await findPerson(db, organisationId, by)
    if (!person) throw nobodyFound(visit)
    return person.id
  }
  const people = await findByName(visit, viewer, name)
  const [only, ...others] = people
  if (only && others.length === 0) return only.id
  // A handle need not stand in anybody's name: Slack knows whose it is.
  const member = typed.startsWith('@') ? await findByHandle(visit, name) : undefined
  if (member) return member.id
  if (!only) throw nobodyFound(visit)
  throw severalFound(people)
}

function nobodyFound({ command }: Visit): Refusal {
  return new Refusal('nobody_found', { detail: { command } })
}
