// The buttons under the weekly digest: what expired is sent again, or let go. Either way the message says what was done,
// and what is left.
import { letExpiredGo, readDigest, resendMany } from '../../invitations/index.ts'
import { countOwn, DIGEST_LET_GO, DIGEST_RESEND, digestMessage } from '../digest-message.ts'
import type { ActionVisit, Feature } from '../feature.ts'
import { people as counted } from '../list-views.ts'
import { oneMoment, resentWords } from '../notice-summary.ts'

export const digest: Feature = {
  name: 'digest',
  actions: { [DIGEST_RESEND]: resendAll, [DIGEST_LET_GO]: letGo },
}

async function resendAll(visit: ActionVisit): Promise<void> {
  const most = readCount(visit.value)
  const before = await readDigest(visit.c, inviterOf(visit))
  await carryOut(visit, async () => {
    const selection = { expiredLately: 'own' as const, most }
    const { resent } = await resendMany(visit.c, { ...who(visit), selection })
    return resentWords(resent, Math.max(0, before.expired - resent))
  })
}

async function letGo(visit: ActionVisit): Promise<void> {
  await carryOut(visit, async () => {
    const gone = await letExpiredGo(visit.c, { ...who(visit), most: readCount(visit.value) })
    return gone === 0 ? 'There was nothing left to let go.' : `${counted(gone, 'invitation')} let go.`
  })
}

/** Ten thousand take some seconds: the message says so, and comes back with what was done. */
async function carryOut(visit: ActionVisit, act: () => Promise<string>): Promise<void> {
  await visit.replace(oneMoment())
  const told = await act().catch(async (error: unknown) => {
    await show(visit)
    throw error
  })
  await show(visit, told)
}

async function show(visit: ActionVisit, told = ''): Promise<void> {
  const inviter = inviterOf(visit)
  const [now, again] = await Promise.all([readDigest(visit.c, inviter), countOwn(visit.c, inviter)])
  await visit.replace(digestMessage(now, again, told))
}

function who({ member, organisation }: ActionVisit) {
  return { organisationId: organisation.id, actorId: member.id, origin: 'slack' }
}

function inviterOf({ member, organisation }: ActionVisit) {
  return { organisationId: organisation.id, inviterId: member.id }
}

function readCount(value: string): number {
  const count = Math.trunc(Number(value))
  return count > 0 ? count : 0
}
