// What tests tell the sandbox's mail server to do wrong, and when.

/**
 * Where in the SMTP conversation a fault happens:
 * - `connect`: in place of the greeting
 * - `rcpt`: in place of the answer to RCPT TO
 * - `data`: during DATA; the message is not kept (a code is the answer to its body, `drop` cuts it short)
 * - `after-body`: after the whole message was taken and kept; only the answer is wrong
 * - `imap-sign-in`, `imap-fetch`: where somebody reads the mailbox, in place of the answer (a code is a plain NO)
 */
export type FaultStage = 'connect' | 'rcpt' | 'data' | 'after-body' | 'imap-sign-in' | 'imap-fetch'

/** A refusal with its SMTP code, a connection that is cut, or no answer at all. */
export type Fault = { code: number; text: string } | 'drop' | 'hang'

export type MailFaults = {
  /** The next `times` (1; Infinity until `clear`) visits of that stage go wrong like this. Faults queue up per stage. */
  next(stage: FaultStage, fault: Fault, options?: { times?: number }): void
  /** Forgets everything that was asked for and has not happened yet. */
  clear(): void
  /** How many faults have happened since the start, by stage. */
  readonly happened: Readonly<Record<FaultStage, number>>
}

/** Makes the list of faults for one mail server; `take` is the server's side of it. */
export function createMailFaults(): { faults: MailFaults; take: (stage: FaultStage) => Fault | undefined } {
  const planned: { stage: FaultStage; fault: Fault; left: number }[] = []
  const happened: Record<FaultStage, number> = {
    connect: 0,
    rcpt: 0,
    data: 0,
    'after-body': 0,
    'imap-sign-in': 0,
    'imap-fetch': 0,
  }
  return {
    faults: {
      next(stage, fault, { times = 1 } = {}) {
        planned.push({ stage, fault, left: times })
      },
      clear() {
        planned.length = 0
      },
      happened,
    },
    take(stage) {
      const index = planned.findIndex((entry) => entry.stage === stage)
      const entry = planned[index]
      if (entry === undefined) return undefined
      entry.left -= 1
      if (entry.left <= 0) planned.splice(index, 1)
      happened[stage] += 1
      return entry.fault
    },
  }
}
