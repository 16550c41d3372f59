// What a user may hold, as the library knows it: its own schema, the enterprise extension and Usher's, made as lenient as
// directories are. The library checks and tidies what comes in, and describes it to whoever asks.
import SCIMMY from 'scimmy'
import { ENTERPRISE, type ScimResource, USHER } from '../../people/index.ts'
import { refuseLongLists } from './json-bounds.ts'
import { inLibrarysWords } from './librarys-words.ts'
import { ScimError } from './scim-error.ts'

const { Attribute, SchemaDefinition } = SCIMMY.Types
type Attribute = InstanceType<typeof Attribute>
type SchemaDefinition = InstanceType<typeof SchemaDefinition>

export const USER = SCIMMY.Schemas.User.id
export const GROUP = SCIMMY.Schemas.Group.id

const usher = new SchemaDefinition('UsherUser', USHER, 'What Usher reads of a user beside the standard schemas', [
  new Attribute('string', 'startDate', {
    description: 'The first day of work, as 2026-12-01. Nobody is invited by the clock before it.',
  }),
  new Attribute('string', 'employeeType', {
    description: 'Employee or Contractor; before the same of the enterprise extension, and before userType.',
  }),
])

declareSchemas()

/** The library keeps one description of a user for the whole program; it is made once, when this file is loaded. */
function declareSchemas(): void {
  const { User, EnterpriseUser, Group } = SCIMMY.Schemas
  // A password is never taken; the rest would be kept for nothing, or be made up for every answer.
  for (const name of ['password', 'x509Certificates', 'groups']) User.definition.truncate(name)
  EnterpriseUser.definition.extend([
    new Attribute('string', 'employeeType', { description: 'Employee or Contractor.' }),
  ])
  for (const definition of [User.definition, EnterpriseUser.definition, Group.definition]) {
    for (const attribute of attributesOf(definition)) loosen(attribute)
  }
  User.definition.extend(EnterpriseUser.definition).extend(usher)
  SCIMMY.Resources.declare(SCIMMY.Resources.User)
  SCIMMY.Resources.declare(SCIMMY.Resources.Group)
}

/** Any type of an address or a number is as good as those that the standard suggests, and any address as any other. */
function loosen(attribute: Attribute): void {
  const { config, subAttributes } = attribute
  if (config.canonicalValues) config.canonicalValues = false
  if (attribute.type === 'reference' && attribute.name !== 'schemas') config.referenceTypes = ['uri', 'external']
  for (const sub of subAttributes ?? []) loosen(sub)
}

/**
 * Reads a user that a directory sent: what is unknown is left out, and what the directory writes in its own way is
 * written in SCIM's. Throws ScimError.
 */
export function readUser(body: unknown): ScimResource {
  if (!isObject(body)) throw new ScimError(400, 'invalidSyntax', 'A user has to be a JSON object.')
  refuseLongLists(body)
  const user = inLibrarysWords(() => JSON.parse(JSON.stringify(new SCIMMY.Schemas.User(softened(body), 'in'))))
  const { id: _id, meta: _meta, schemas: _schemas, ...resource } = user
  return Object.fromEntries(Object.entries(resource).map(([name, value]) => [name, withoutEmpty(value)]))
}

/** An entry of which nothing was understood is none. */
function withoutEmpty(value: unknown): unknown {
  return Array.isArray(value) ? value.filter((one) => !isObject(one) || Object.keys(one).length > 0) : value
}

/** What stands in a path: the attribute that it names, of the user or an extension; undefined where there is none. */
export function findAttribute(extension: string, path: string): Attribute | undefined {
  const definition = definitionOf(extension)
  if (!definition || path === '') return undefined
  const [name = '', sub] = path.toLowerCase().split('.')
  const attribute = attributesOf(definition).find((one) => one.name.toLowerCase() === name)
  if (!attribute || sub === undefined) return attribute
  return attribute.subAttributes?.find((one) => one.name.toLowerCase() === sub)
}

/** The extension as it is called here; '' for the user's own attributes; undefined for one that is not known. */
export function nameOfExtension(extension: string): string | undefined {
  if (extension === '') return ''
  return [ENTERPRISE, USHER].find((known) => known.toLowerCase() === extension.toLowerCase())
}

/** A value as the attribute wants it: "True" is true, one alone is a list of one. What does not fit is left to be said. */
export function soften(attribute: Attribute, value: unknown): unknown {
  const isMany = attribute.config.multiValued === true
  if (isMany && value !== undefined && value !== null) {
    return (Array.isArray(value) ? value : [value]).map((one) => softenOne(attribute, one))
  }
  const [first] = Array.isArray(value) && value.length === 1 ? value : [value]
  return softenOne(attribute, first)
}

function softenOne(attribute: Attribute, value: unknown): unknown {
  if (attribute.type === 'boolean' && typeof value === 'string' && /^(true|false)$/i.test(value.trim())) {
    return value.trim().toLowerCase() === 'true'
  }
  const isText = attribute.type === 'string' || attribute.type === 'reference'
  if (isText && (typeof value === 'number' || typeof value === 'boolean')) return String(value)
  // "../Users/1" and the like: worth nothing here, and no reason to turn a person away.
  if (attribute.type === 'reference' && !URL.canParse(String(value))) return undefined
  if (attribute.type !== 'complex') return value
  // A manager, an address, given by its value alone.
  if (typeof value === 'string') return { value }
  return isObject(value) ? softenedParts(attribute.subAttributes ?? [], value) : value
}

function softened(body: ScimResource): ScimResource {
  const user = softenedParts(attributesOf(SCIMMY.Schemas.User.definition), body)
  for (const [key, value] of Object.entries(body)) {
    const extension = nameOfExtension(key)
    const definition = extension && definitionOf(extension)
    if (!definition || !isObject(value)) continue
    delete user[key]
    user[extension] = softenedParts(attributesOf(definition), value)
  }
  return user
}

function softenedParts(attributes: Attribute[], parts: ScimResource): ScimResource {
  const soft: ScimResource = {}
  for (const [key, value] of Object.entries(parts)) {
    if (value === null) continue
    const attribute = attributes.find(({ name }) => name.toLowerCase() === key.toLowerCase())
    soft[key] = attribute ? soften(attribute, value) : value
  }
  return soft
}

function definitionOf(extension: string): SchemaDefinition | undefined {
  const known = nameOfExtension(extension)
  if (known === '') return SCIMMY.Schemas.User.definition
  if (known === ENTERPRISE) return SCIMMY.Schemas.EnterpriseUser.definition
  return known === USHER ? usher : undefined
}

function attributesOf(definition: SchemaDefinition): Attribute[] {
  return definition.attributes.filter((one): one is Attribute => one instanceof Attribute)
}

export function isObject(value: unknown): value is ScimResource {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
