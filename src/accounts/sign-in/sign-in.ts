// Signing in begins: name and password. Nothing is a session before the second factor and the terms (finish-sign-in.ts).
import type { Collaborators } from '../../collaborators.ts'
import { inSqlTransaction, newId, type SqlTransaction } from '../../database/index.ts'
import { Refusal } from '../../refusal.ts'
import type { PasswordHasher } from '../passwords.ts'
import type { SignInProof } from '../sessions/sessions.ts'
import { newToken } from '../sessions/token.ts'
import { checkPassword } from './check-password.ts'
import { admit } from './finish-sign-in.ts'
import { signInNameKey } from './sign-in-name.ts'
import { claimTry, forgiveTries, makeKnown } from './try-guard.ts'

/** How long somebody may take from the password to the end, in ms. */
const TIME_TO_FINISH = 15 * 60_000

export type SignInTry = {
  /** An e-mail address or a user name, as it was typed. */
  name: string
  password: string
  /** The client's address, and its browser in words. */
  from: string
  client: string
  /** What this browser was given when it last signed in. */
  known: string | undefined
}

/**
 * `token`: of the session, or (`isDone` false) of the way there, for the browser. `known`: for the browser to be known by
 * at the next sign-in; undefined where it is not new.
 */
export type Admission = { isDone: boolean; token: string; known?: string }

export type SignInCollaborators = Pick<Collaborators, 'db' | 'now'> & {
  hasher: PasswordHasher
  /** Verified in place of a password that nobody has. */
  dummyHash: Promise<string>
  /** Derived for SIGN_IN_PURPOSE. */
  signInKey: Buffer
}

/**
 * Checks name and password. Throws Refusal `sign_in_wrong` (unknown, wrong, paused: all the same), `sign_in_wait` (detail
 * `seconds`; counted for names that are nobody's too), `too_busy`.
 */
export async function signIn(c: SignInCollaborators, given: SignInTry): Promise<Admission> {
  const nameKey = signInNameKey(given.name)
  const tried = { nameKey, from: given.from, known: given.known }
  const seconds = await claimTry(c, tried)
  if (seconds !== undefined) throw new Refusal('sign_in_wait', { detail: { seconds } })
  const accounts = await checkPassword(c, { nameKey, password: given.password })
  if (accounts.length === 0) throw new Refusal('sign_in_wrong')
  const admission = await inSqlTransaction(c.db, async (tx) => {
    await forgiveTries(tx, c, tried)
    return letIn(tx, { accounts, proof: 'password', at: c.now(), from: given.from, client: given.client })
  })
  const [account] = accounts
  return account ? { ...admission, known: makeKnown(c.signInKey, account) } : admission
}

/**
 * Lets somebody in whose accounts these are: at once where nothing is left to do, else a step at a time. Also for other
 * ways to prove who one is, named by `proof`. `passwordHash`: as it was when it was checked, where it was. Throws Refusal `sign_in_wrong`
 * where the account has changed meanwhile.
 */
export function beginSignIn(
  c: Pick<Collaborators, 'db' | 'now'>,
  { accounts, proof, from, client }: Omit<LetIn, 'at'>,
): Promise<Admission> {
  return inSqlTransaction(c.db, (tx) => letIn(tx, { accounts, proof, at: c.now(), from, client }))
}

type LetIn = {
  accounts: { id: string; passwordHash?: string }[]
  proof: SignInProof['proof']
  at: Date
  from: string
  client: string
}

async function letIn(tx: SqlTransaction, { accounts, proof, at, from, client }: LetIn): Promise<Admission> {
  const [only, ...others] = accounts
  if (only && others.length === 0) {
    const how = { proof, factor: null }
    const session = await admit(tx, { account: only, factorAt: null, how, at, client, address: from })
    if (session !== undefined) return { isDone: true, token: session }
  }
  const token = await beginSteps(tx, { accountIds: accounts.map(({ id }) => id), proof, at, client, from })
  return { isDone: false, token }
}

async function beginSteps(
  tx: SqlTransaction,
  { accountIds, proof, at, client, from }: Omit<LetIn, 'accounts'> & { accountIds: string[] },
): Promise<string> {
  const { token, tokenHash } = newToken()
  const [only, ...others] = accountIds
  await tx.$executeRaw`
    INSERT INTO "SignIn" ("id", "tokenHash", "accountIds", "accountId", "proof", "client", "address", "createdAt", "expiresAt")
    VALUES (${newId()}::uuid, ${tokenHash}, ${accountIds}::uuid[], ${others.length === 0 ? (only ?? null) : null}::uuid,
      ${proof}, ${client}, ${from}, ${at}, ${new Date(at.getTime() + TIME_TO_FINISH)})`
  return token
}
