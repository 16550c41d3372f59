// What somebody sees of their own account.

import type { Database, Role, UserType } from '../../database/index.ts'
import { isLanguage, type Language } from '../../languages/index.ts'
import { isFixedFor } from '../../people/index.ts'
import type { Factor, FactorInHand, FactorKind, SecondFactors } from '../factors/factor.ts'
import { listSessions, type SessionInList, type SignedIn } from '../sessions/sessions.ts'

/** A field is fixed where somebody keeps it whose word counts more: the organisation's directory, an import, an admin. */
export type ProfileField = 'firstName' | 'lastName' | 'mobile' | 'language'

export type AccountPage = {
  email: string | null
  userName: string | null
  firstName: string
  lastName: string
  mobile: string | null
  /** What was chosen; null: the organisation's. */
  language: Language | null
  fixed: Record<ProfileField, boolean>
  role: Role | null
  department: string | null
  location: string | null
  /** By name, at most a hundred. */
  hubs: { name: string; userType: UserType }[]
  factors: Factor[]
  recoveryCodesLeft: number
  isFactorDemanded: boolean
  /** Kinds of second factors that could be set up. */
  kinds: FactorKind[]
  inHand: FactorInHand | undefined
  sessions: SessionInList[]
}

const MOST_HUBS = 100

/** Reads all of it. Changes nothing. */
export async function readAccount(
  c: { db: Database; now: () => Date; secondFactors: SecondFactors },
  session: SignedIn,
): Promise<AccountPage> {
  const { personId, sessionId } = session
  const [person, { factors, recoveryCodesLeft }, sessions] = await Promise.all([
    readPerson(c.db, personId),
    c.secondFactors.factorsOf(personId),
    listSessions(c, session),
  ])
  const { email, userName, firstName, lastName, mobile, role, organisation } = person
  const { displayName, secondFactorRequired, smsCountries, confirmOnlyByEmail } = organisation
  const label = email ?? userName ?? mobile ?? ''
  const inHand = await c.secondFactors.factorInHand({ boundTo: sessionId, issuer: displayName, label })
  const isFixed = (field: ProfileField) => isFixedFor('self', person.sources, field)
  return {
    email,
    userName,
    firstName,
    lastName,
    mobile,
    language: isLanguage(person.language) ? person.language : null,
    fixed: {
      firstName: isFixed('firstName'),
      lastName: isFixed('lastName'),
      mobile: isFixed('mobile'),
      language: isFixed('language'),
    },
    role,
    department: person.department?.name ?? null,
    location: person.location?.name ?? null,
    hubs: person.memberships.map(({ hub, userType }) => ({ name: hub.name, userType })),
    factors,
    recoveryCodesLeft,
    isFactorDemanded: secondFactorRequired,
    kinds: c.secondFactors.possibleKinds({ email, mobile, smsCountries, confirmOnlyByEmail }),
    inHand,
    sessions,
  }
}

function readPerson({ prisma }: Database, personId: string) {
  return prisma.person.findUniqueOrThrow({
    where: { id: personId },
    select: {
      email: true,
      userName: true,
      firstName: true,
      lastName: true,
      mobile: true,
      language: true,
      sources: true,
      role: true,
      department: { select: { name: true } },
      location: { select: { name: true } },
      organisation: {
        select: { displayName: true, secondFactorRequired: true, smsCountries: true, confirmOnlyByEmail: true },
      },
      memberships: {
        where: { hub: { archivedAt: null } },
        select: { userType: true, hub: { select: { name: true } } },
        orderBy: [{ hub: { name: 'asc' } }],
        take: MOST_HUBS,
      },
    },
  })
}
