// How far an invitation got, in words: src/slack/how-far.ts.
import { describe, expect, it } from 'vitest'
import { howFar, type Progress } from '../../src/slack/how-far.ts'

const at = (minute: number) => new Date(Date.UTC(2026, 10, 26, 12, minute))

const sent: Progress = {
  status: 'pending',
  isAddition: false,
  channel: 'email',
  queuedAt: at(0),
  sentAt: at(1),
  maybeSentAt: null,
  answer: '250 2.0.0 Ok: queued as 4F1C21A0B7',
  bouncedAt: null,
  deliveryProblem: null,
  delayedAt: null,
  delayProblem: null,
  arrivedAt: null,
  openedAt: null,
  startedAt: null,
  acceptedAt: null,
  carriedByHub: null,
}

/** The lines below the heading, the moments as hours and minutes. */
function linesOf(changes: Partial<Progress>): string[] {
  const [block] = howFar({ ...sent, ...changes })
  if (block?.type !== 'section') return []
  const [heading, ...lines] = (block.text?.text ?? '').split('\n')
  expect(heading).toBe('*How far it got*')
  return lines.map((line) => line.replaceAll(/<!date\^\d+\^[^|]*\|2026-11-26 (\d\d:\d\d) UTC>/g, '$1'))
}

describe('how far an invitation got', () => {
  it('is told stage by stage', () => {
    expect(linesOf({})).toEqual([
      'Queued · 12:00',
      'Handed to the mail server · 12:01 · it answered: 250 2.0.0 Ok: queued as 4F1C21A0B7',
      'Not yet: opened, started, joined.',
    ])
    expect(linesOf({ status: 'accepted', openedAt: at(5), startedAt: at(6), acceptedAt: at(7) }).slice(2)).toEqual([
      'Page opened · 12:05',
      'Sign-up begun · 12:06',
      'Joined · 12:07',
    ])
  })

  it('is told in the order in which it happened', () => {
    const came = { delayedAt: at(3), delayProblem: 'Late.', bouncedAt: at(9), deliveryProblem: 'No.', openedAt: at(4) }

    expect(linesOf({ status: 'error', ...came }).slice(2)).toEqual([
      'Not arrived yet · 12:03 · Late.',
      'Page opened · 12:04',
      'Came back · 12:09 · No.',
      'Not reached: started, joined.',
    ])
  })

  it('begins anew when it is sent again, and tells what an earlier link was used for', () => {
    const again = { status: 'waiting' as const, queuedAt: at(10), openedAt: at(5), startedAt: at(6), answer: null }

    expect(linesOf(again)).toEqual([
      'Page opened, by an earlier link · 12:05',
      'Sign-up begun, by an earlier link · 12:06',
      'Queued · 12:10',
      'Not yet: joined.',
    ])
  })

  it('says what nobody confirmed, and what arrived on a phone', () => {
    expect(linesOf({ maybeSentAt: at(1), answer: null })[1]).toBe(
      'Given to the mail server, which did not confirm it · 12:01',
    )
    expect(linesOf({ channel: 'sms', answer: null, arrivedAt: at(2) }).slice(1, 3)).toEqual([
      'Handed to the SMS service · 12:01',
      'Arrived on the phone · 12:02',
    ])
  })

  it('says whose message told of it', () => {
    expect(linesOf({ carriedByHub: 'Sales <East>' })).toContain(
      'It had no message of its own: the one for the hub Sales &lt;East&gt; told of this one too.',
    )
  })

  it('asks nothing more of somebody who was added at once', () => {
    expect(linesOf({ status: 'accepted', isAddition: true, acceptedAt: at(0) })).toEqual([
      'Queued · 12:00',
      'Added to the hub · 12:00',
      'Handed to the mail server · 12:01 · it answered: 250 2.0.0 Ok: queued as 4F1C21A0B7',
    ])
  })

  it.each(['awaiting_approval', 'rejected'] as const)('is not told of what was never to be sent (%s)', (status) => {
    expect(howFar({ ...sent, status })).toEqual([])
  })

  it('shows what a server says as text', () => {
    expect(linesOf({ answer: '250 <!channel> *ok*' })[1]).toContain('250 &lt;!channel&gt;')
  })
})
