// How the readings of the whole Slack workspace go, for those who look.
import type { Database } from '../database/index.ts'

/** `problem`, `withoutGroups`: codes that the door has words for. */
export type DirectoryState = {
  running:
    | { isReadingGroups: boolean; people: number; groups: number; problem: string | null; nextAt: Date }
    | undefined
  last: { people: number; groups: number; withoutGroups: string | null; finishedAt: Date } | undefined
}

/** The reading that goes on, and the last one that came to its end. */
export async function readDirectoryState(db: Database, organisationId: string): Promise<DirectoryState> {
  const [running, last] = await Promise.all([
    db.prisma.directoryPass.findFirst({ where: { organisationId, finishedAt: null } }),
    db.prisma.directoryPass.findFirst({
      where: { organisationId, finishedAt: { not: null } },
      orderBy: { finishedAt: 'desc' },
    }),
  ])
  return {
    running: running
      ? {
          isReadingGroups: running.phase !== 'people',
          people: running.people,
          groups: running.groups,
          problem: running.problem,
          nextAt: running.nextAt,
        }
      : undefined,
    last: last?.finishedAt
      ? { people: last.people, groups: last.groups, withoutGroups: last.withoutGroups, finishedAt: last.finishedAt }
      : undefined,
  }
}
