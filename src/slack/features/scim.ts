// SCIM in the settings: the address and the token by which the organisation's directory brings people and groups in.
import type { ModalView } from '@slack/types'
import { isCorporateAdmin } from '../../organisation/index.ts'
import { endScimToken, makeScimToken, readScimToken } from '../../people/index.ts'
import { Refusal } from '../../refusal.ts'
import { actions, button, confirmation, context, escapeText, moment, plain, section } from '../blocks.ts'
import type { ActionVisit, Feature, Visit } from '../feature.ts'

export const SCIM_OPEN = 'scim_open'
const MAKE = 'scim_make'
const RENEW = 'scim_renew'
const END = 'scim_end'
/** In ms. */
const SECOND_PRESS_WITHIN = 10_000

export const scim: Feature = {
  name: 'scim',
  actions: {
    [SCIM_OPEN]: async (visit) => visit.push(await view(visit)),
    [MAKE]: make,
    [RENEW]: make,
    [END]: async (visit) => {
      await endScimToken(visit.c, request(visit))
      await visit.update(await view(visit))
    },
  },
}

/** A button's value says which token was there, so that a press that comes twice makes one. */
function request({ organisation, member, value }: ActionVisit) {
  return { organisationId: organisation.id, actorId: member.id, madeAt: value, origin: 'slack' }
}

async function make(visit: ActionVisit): Promise<void> {
  let token: string
  try {
    token = await makeScimToken(visit.c, request(visit))
  } catch (error) {
    // The second press of two: the first one's token stands in this window, this one time, and must not be covered.
    if (error instanceof Refusal && error.code === 'settings_changed' && (await wasJustMade(visit))) return
    throw error
  }
  await visit.update(await view(visit, token))
}

async function wasJustMade({ c, organisation }: Visit): Promise<boolean> {
  const state = await readScimToken(c.db, organisation.id)
  return state !== undefined && c.now().getTime() - state.createdAt.getTime() < SECOND_PRESS_WITHIN
}

/** `token`: one that was just made; it is shown this one time. */
async function view(visit: Visit, token?: string): Promise<ModalView> {
  if (!isCorporateAdmin(visit.member, visit.organisation)) throw new Refusal('may_not_change_settings')
  const state = await readScimToken(visit.c.db, visit.organisation.id)
  const value = state?.createdAt.toISOString() ?? 'none'
  const used = state?.lastUsedAt ? `last used ${moment(state.lastUsedAt)}` : 'never used yet'
  return {
    type: 'modal',
    callback_id: 'scim',
    title: plain('SCIM', 24),
    close: plain('Back', 24),
    blocks: [
      section(
        'By SCIM 2.0 your directory (Okta, Microsoft Entra ID and others) tells Usher who works here, in which groups, and who has left.',
      ),
      section(`Give your directory this address:\n\`\`\`${visit.c.scimAddress}\`\`\``),
      ...(token === undefined
        ? []
        : [
            section(
              `and this token. Copy it now: it is shown *this one time*, and nobody can look it up.\n\`\`\`${token}\`\`\``,
            ),
          ]),
      section(
        state
          ? `There is a token, made by ${escapeText(state.createdBy)} ${moment(state.createdAt)}, ${used}.`
          : 'There is no token: no directory is let in.',
      ),
      ...actions(
        state
          ? [
              button(RENEW, 'Renew', {
                value,
                confirm: confirmation({
                  title: 'Make a new token?',
                  text: 'The present one stops working at once. Your directory can do nothing until it has the new one.',
                  confirm: 'Make a new one',
                  deny: 'Keep it',
                }),
              }),
              button(END, 'Take away', {
                value,
                style: 'danger',
                confirm: confirmation({
                  title: 'Take the token away?',
                  text: 'Your directory is not let in any more. The people and groups that it brought stay as they are.',
                  confirm: 'Take away',
                  deny: 'Keep it',
                }),
              }),
            ]
          : [button(MAKE, 'Make a token', { value, style: 'primary' })],
      ),
      context('What the directory says of a person stands above what imports, admins and Slack profiles say.'),
    ],
  }
}
