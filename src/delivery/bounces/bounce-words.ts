// Why a message came back, in the words that an immediate refusal has too. Pure.
import { aboutRecipient, cleaned } from '../refusal-words.ts'
import type { Fate } from './delivery-status.ts'

const LONGEST_SAID = 100

/** One sentence for admins and inviters: plain words, no secret, no link. */
export function problemOfFate(fate: Fate): string {
  return `${about(fate)}${told(fate)}.`
}

function about(fate: Fate): string {
  const { action, status = '', responseCode } = fate
  const by = serverOf(fate)
  if (action === 'delayed') return `${by} has not taken the message yet; it is tried again`
  // Given up after days: not the address was at fault but the way to it (RFC 3463, x.4.z).
  if (/^[45]\.4\.[1-357]$/.test(status)) return `${by} could not be reached in time`
  if (status.endsWith('.3.4') || (status === '' && responseCode === 552))
    return 'The message is too large for the mailbox'
  if (status.startsWith('5.7.')) return `${by} does not take this message from us`
  const words = aboutRecipient({ status: fate.status, responseCode, by })
  if (status.startsWith('4.') && words.endsWith('now'))
    return `${by} did not take the message in all the time it was tried`
  return words === 'The address was refused' ? `${by} refused the message` : words
}

function told({ status, responseCode, answer }: Fate): string {
  if (status !== undefined) return responseCode === undefined ? ` (${status})` : ` (${responseCode} ${status})`
  const said = cleaned(answer.slice(0, 300), LONGEST_SAID)
  return said === '' ? '' : ` (${said})`
}

/** A message that was passed on ended at an address that is not ours to tell. */
function serverOf({ addresses }: Fate): string {
  const first = domainOf(addresses[0] ?? '')
  if (first !== domainOf(addresses.at(-1) ?? '')) return 'The mail server that it was passed on to'
  return first === '' ? 'The mail server' : `The mail server of ${first}`
}

function domainOf(address: string): string {
  const domain = address.slice(address.lastIndexOf('@') + 1).toLowerCase()
  return /^[\p{L}\p{N}.-]{1,200}$/u.test(domain) ? domain : ''
}
