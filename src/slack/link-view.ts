// One registration link as a modal: where it stands, its address to be copied, and what can be done with it. Pure.
import type { ModalView } from '@slack/types'
import type { LinkInList, LinkState } from '../invitations/index.ts'
import { ROLE_NAMES, USER_TYPE_NAMES, type UserType } from '../organisation/index.ts'
import { actions, button, confirmation, context, cut, escapeText, facts, moment, plain, section } from './blocks.ts'

/** The ids of the buttons that act on the link. */
export type LinkActions = { turnOn: string; turnOff: string; renew: string; setUp: string; qr: string }

const STATES: Record<LinkState, string> = {
  on: 'On',
  off: 'Off',
  paused: 'Paused after a burst of requests',
  ended: 'Over: its last day has passed',
  used_up: 'Over: all its uses are used up',
  ownerless: 'Does not work: whoever turned it on may not invite into this hub any more',
}

/** "Main hub: External Member". */
export function nameOf({ hubName, userType }: { hubName: string; userType: UserType }): string {
  return `${hubName}: ${USER_TYPE_NAMES[userType]}`
}

/** Where a link stands, in a few words. */
export function stateInWords({ id, state }: Pick<LinkInList, 'id' | 'state'>): string {
  return id === null ? 'Not set up' : STATES[state]
}

/** The modal. The address stands in a block of its own, so that it can be marked and copied as a whole. */
export function linkView(
  link: LinkInList & { id: string },
  { address, timeZone, ids, place }: { address: string; timeZone: string; ids: LinkActions; place: string },
): ModalView {
  const { id, role, endsAt, mostUses, domains, needsApproval, ownerName, state, mayChange } = link
  const uses = mostUses === null ? String(link.used) : `${link.used} of ${mostUses}`
  return {
    type: 'modal',
    private_metadata: place,
    title: plain('Registration link', 24),
    close: plain('Back', 24),
    blocks: [
      section(`*${escapeText(nameOf(link))}*\n${STATES[state]}`),
      facts([
        ['Opened', String(link.opened)],
        ['Asked for', String(link.asked)],
        ['Used', uses],
        ['Role', role ? ROLE_NAMES[role] : 'not chosen yet'],
        ['Last day', endsAt ? dayInWords(endsAt, timeZone) : 'no end'],
        ['Domains', cut(domains.join(', ') || 'any', 300)],
        ['Confirmed by a manager', needsApproval ? 'yes' : 'no'],
        ['Invites in the name of', ownerName ?? 'whoever turns it on'],
      ]),
      ...(mayChange ? [section(`Its address, to be copied:\n\`\`\`${address}\`\`\``)] : []),
      ...(mayChange
        ? actions(buttonsFor(link, ids))
        : [context('This link gives more than you may give: somebody with more rights looks after it.')]),
      ...(state === 'paused' ? [context('People who asked before the pause still get their message.')] : []),
      ...(endsAt && state === 'on' ? [context(`It works until ${moment(endsAt)}.`)] : []),
    ],
  }

  function buttonsFor({ generation }: LinkInList, { turnOn, turnOff, renew, setUp, qr }: LinkActions) {
    const of = (what: string) => cut(`${what}: link for ${nameOf(link)}`, 75)
    // One whose end has come, or whose uses are used up, is on still: set up anew, it works.
    const isOn = state !== 'off'
    const canTurnOn = role !== null && (state === 'off' || state === 'paused' || state === 'ownerless')
    return [
      ...(canTurnOn
        ? [
            button(turnOn, state === 'paused' ? 'Turn on again' : 'Turn on', {
              value: id,
              style: 'primary',
              label: of('Turn on'),
            }),
          ]
        : []),
      ...(isOn
        ? [
            button(turnOff, 'Turn off', {
              value: id,
              label: of('Turn off'),
              confirm: confirmation({
                title: 'Turn this link off?',
                text: 'Its page stops working at once. Invitations that were sent stay good.',
                confirm: 'Turn off',
                deny: 'Leave it on',
              }),
            }),
          ]
        : []),
      button(setUp, 'Set up', { value: id, label: of('Set up') }),
      button(renew, 'Renew', {
        value: `${id}:${generation}`,
        label: of('Renew'),
        confirm: confirmation({
          title: 'Give it a new address?',
          text: 'The address that you have given out, and its QR picture, stop working at once.',
          confirm: 'Renew',
          deny: 'Keep it',
        }),
      }),
      button(qr, 'QR picture', { value: id, label: of('QR picture') }),
    ]
  }
}

function dayInWords(end: Date, timeZone: string): string {
  const options: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'long', year: 'numeric' }
  // The last moment of the day, and not midnight, which is the next day already.
  const last = end.getTime() - 1
  try {
    return new Intl.DateTimeFormat('en-GB', { ...options, timeZone }).format(last)
  } catch {
    return new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' }).format(last)
  }
}
