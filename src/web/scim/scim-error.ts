// Everything that a directory is refused, as SCIM's own error document (RFC 7644, 3.12). Never a page, never a stack.
import { ScimRefusal, type ScimRefusalCode } from '../../people/index.ts'

export type ScimType =
  | 'invalidFilter'
  | 'invalidSyntax'
  | 'invalidPath'
  | 'invalidValue'
  | 'noTarget'
  | 'mutability'
  | 'uniqueness'
  | 'tooMany'

/** A no of the door itself. */
export class ScimError extends Error {
  readonly status: number
  readonly scimType: ScimType | undefined

  constructor(status: number, scimType: ScimType | undefined, detail: string) {
    super(detail)
    this.name = 'ScimError'
    this.status = status
    this.scimType = scimType
  }
}

const ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error'

/** The document; `detail` is for whoever looks after the directory. */
export function errorDocument({
  status,
  scimType,
  message,
}: Pick<ScimError, 'status' | 'scimType' | 'message'>): string {
  return JSON.stringify({
    schemas: [ERROR],
    status: String(status),
    ...(scimType ? { scimType } : {}),
    detail: message,
  })
}

const REFUSALS: Record<ScimRefusalCode, (detail: string) => ScimError> = {
  user_unknown: () => new ScimError(404, undefined, 'There is no such user.'),
  group_unknown: () => new ScimError(404, undefined, 'There is no such group.'),
  user_name_missing: () => invalid('userName has to be a text of 1 to 255 characters.'),
  user_name_taken: () => new ScimError(409, 'uniqueness', 'Another user has this userName.'),
  address_taken: () => new ScimError(409, 'uniqueness', 'This e-mail address belongs to another user.'),
  address_malformed: (address) => invalid(`"${address}" is not an e-mail address.`),
  user_too_large: () => new ScimError(413, undefined, 'One user may take at most 64 kB.'),
  group_name_missing: () => invalid('displayName has to be a text of 1 to 255 characters.'),
  group_name_taken: () => new ScimError(409, 'uniqueness', 'Another group has this displayName.'),
  members_unknown: (ids) => invalid(`These members are not users here (groups in groups are not either): ${ids}`),
  too_many_members: (most) => invalid(`A group may have at most ${most} members.`),
}

/** The SCIM error that an error stands for; undefined for a fault. */
export function scimErrorOf(error: unknown): ScimError | undefined {
  if (error instanceof ScimError) return error
  return error instanceof ScimRefusal ? REFUSALS[error.code](error.detail) : undefined
}

/** 400: what was sent says something that cannot be. */
export function invalid(detail: string): ScimError {
  return new ScimError(400, 'invalidValue', detail)
}
