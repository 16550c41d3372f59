// One use case, one transaction; tried again where PostgreSQL chose it as the one to give way.
import { setTimeout as sleep } from 'node:timers/promises'
import { Prisma, type PrismaClient } from './generated/client.ts'

export type Transaction = Prisma.TransactionClient

export type TransactionOptions = {
  /** Read Committed where it is not said otherwise. */
  isolation?: Prisma.TransactionIsolationLevel
  /** How long the work may take, in ms: 15,000 where it is not said otherwise. */
  timeoutMs?: number
}

const attempts = 4

/** Whether two transactions were in each other's way (a deadlock, a serialization failure): the same again may work. */
function isConflict(error: unknown): boolean {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return false
  if (error.code === 'P2034') return true
  return error.code === 'P2010' && /"(40001|40P01|TransactionWriteConflict)"/.test(JSON.stringify(error.meta ?? {}))
}

/**
 * Runs `work` in a transaction: committed when it is done, rolled back when it throws, and then the error goes on.
 * After a deadlock or a serialization failure `work` runs again, up to three times: it must have no effects but in `tx`.
 * Waits up to 5 s for a free connection.
 */
export async function inTransaction<T>(
  db: { prisma: PrismaClient },
  work: (tx: Transaction) => Promise<T>,
  { isolation, timeoutMs = 15_000 }: TransactionOptions = {},
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.prisma.$transaction(work, {
        maxWait: 5_000,
        timeout: timeoutMs,
        ...(isolation ? { isolationLevel: isolation } : {}),
      })
    } catch (error) {
      if (attempt === attempts || !isConflict(error)) throw error
      // Not both again at the same moment.
      await sleep(attempt * 10 + Math.random() * 20)
    }
  }
}
