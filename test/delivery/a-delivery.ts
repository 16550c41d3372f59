// A message to be sent, with what a test does not care about filled in.
import type { Delivery } from '../../src/invitations/index.ts'

export function aDelivery(over: Partial<Delivery> = {}): Delivery {
  return {
    invitationId: '01990000-0000-7000-8000-000000000001',
    generation: 1,
    kind: 'invitation',
    organisationId: '01990000-0000-7000-8000-00000000000a',
    organisationName: 'Northwind Trading',
    hubName: 'People Ops',
    inviterName: 'Max Weber',
    channel: 'email',
    also: [],
    isOneOfSeveral: false,
    to: 'ana@example.org',
    firstName: 'Ana',
    language: 'en',
    note: '',
    appendix: '',
    validDays: 7,
    timeZone: 'Europe/Berlin',
    attempts: 0,
    queuedAt: new Date('2026-11-20T12:00:00Z'),
    maybeSentAt: null,
    token: 'AZkAAAAAcACAAAAAAAAAAaVyJGVyJGVyJGVyJGVyJGVyJGVyJGVyJGVyJGVyJGVy',
    ...over,
  }
}
