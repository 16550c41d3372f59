// How far the bounce mailbox has been read; of the installation, like the mailbox itself.
import type { Database } from '../database/index.ts'

export type BouncePlace = {
  /** 0 before the first look. */
  uidValidity: bigint
  lastUid: number
  /** Looks in a row that failed. */
  troubles: number
  /** After trouble: not before then. */
  nextLookAt: Date | null
}

/** Where reading stands; at the beginning for a mailbox that was never read. */
export async function readBouncePlace(db: Database, key: string): Promise<BouncePlace> {
  const row = await db.prisma.bounceMailbox.findUnique({ where: { key } })
  if (!row) return { uidValidity: 0n, lastUid: 0, troubles: 0, nextLookAt: null }
  const { uidValidity, lastUid, troubles, nextLookAt } = row
  return { uidValidity, lastUid: Number(lastUid), troubles, nextLookAt }
}

/** Keeps where reading stands. */
export async function keepBouncePlace(db: Database, key: string, place: BouncePlace): Promise<void> {
  const kept = { ...place, lastUid: BigInt(place.lastUid) }
  await db.prisma.bounceMailbox.upsert({ where: { key }, create: { key, ...kept }, update: kept })
}
