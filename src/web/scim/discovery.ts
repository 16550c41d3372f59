// What a directory may ask about the service itself: what it can do, and what users and groups hold. Told by the library.
import SCIMMY from 'scimmy'
import { ScimError } from './scim-error.ts'
import { MOST_RESULTS } from './scim-query.ts'
import './user-schema.ts'

const { Resources, Config } = SCIMMY

// The library keeps one configuration for the whole program; it is the same for every organisation.
Config.set({ patch: true, filter: { supported: true, maxResults: MOST_RESULTS } })
Config.set('authenticationSchemes', [
  {
    type: 'oauthbearertoken',
    name: 'Bearer token',
    description: 'The token that a Corporate Admin makes in the settings, in the header Authorization.',
    specUri: 'https://www.rfc-editor.org/rfc/rfc6750',
  },
])

export type DiscoveryKind = 'ServiceProviderConfig' | 'ResourceTypes' | 'Schemas'

/** A document as it goes out. Throws ScimError 404 for a type or a schema that is not there. */
export async function discover(kind: DiscoveryKind, { base, id }: { base: string; id?: string }): Promise<object> {
  // The address is the library's for everybody; it is set in the same breath in which it is read.
  KINDS[kind].basepath(base)
  try {
    return JSON.parse(JSON.stringify(await readerOf(kind, id).read()))
  } catch (error) {
    if (error instanceof SCIMMY.Types.Error) throw new ScimError(404, undefined, 'There is no such description.')
    throw error
  }
}

const KINDS = {
  ServiceProviderConfig: Resources.ServiceProviderConfig,
  ResourceTypes: Resources.ResourceType,
  Schemas: Resources.Schema,
}

function readerOf(kind: DiscoveryKind, id: string | undefined) {
  if (kind === 'ServiceProviderConfig') return new Resources.ServiceProviderConfig()
  return id === undefined ? new KINDS[kind]() : new KINDS[kind](id)
}
