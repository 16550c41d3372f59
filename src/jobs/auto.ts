// The pass of the automatic invitations, asked for every five minutes: one organisation after the other. It works out who
// is due, so a pass that was missed is made good by the next, and one that runs twice invites nobody twice.
import type { Log } from '../collaborators.ts'

/** Runs the pass of every rule; what goes wrong with one keeps no other from its own, and fails the task in the end. */
export function createAutoWork(c: {
  findRules: () => Promise<string[]>
  /** Gives how many people were invited. */
  runPass: (ruleId: string) => Promise<number>
  log: Log
}): () => Promise<void> {
  return async () => {
    const problems: unknown[] = []
    for (const ruleId of await c.findRules()) {
      try {
        const invited = await c.runPass(ruleId)
        if (invited > 0) c.log.info({ ruleId, invited }, 'People were invited by the clock')
      } catch (error) {
        c.log.warn({ err: error, ruleId }, 'A pass of the automatic invitations did not come to its end')
        problems.push(error)
      }
    }
    if (problems.length > 0) throw new AggregateError(problems, 'Not every pass came to its end')
  }
}
