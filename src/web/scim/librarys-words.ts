// What the library finds wrong with a request, as this door says it.
import SCIMMY from 'scimmy'
import { ScimError, type ScimType } from './scim-error.ts'

const TYPES: ScimType[] = ['invalidFilter', 'invalidSyntax', 'invalidPath', 'invalidValue', 'noTarget', 'mutability']

/** Runs what the library does with a request's content alone: whatever it throws is about that content. */
export function inLibrarysWords<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof SCIMMY.Types.Error) && !(error instanceof TypeError)) throw error
    const named = 'scimType' in error ? TYPES.find((type) => type === error.scimType) : undefined
    throw new ScimError(400, named ?? 'invalidValue', error.message)
  }
}
