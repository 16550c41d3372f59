// The name of a hub, a department or a location, as it was typed. Pure.
import { cleanLine } from '../clean-text.ts'
import { Refusal } from '../refusal.ts'
import { UNIT_NAME_LENGTH } from './settings.ts'

/** The name as it is kept. Throws Refusal `name_missing` and `name_too_long`, both beside the field `name`. */
export function readUnitName(typed: string): string {
  const name = cleanLine(typed)
  if (name.length === 0) throw new Refusal('name_missing', { field: 'name' })
  if (name.length > UNIT_NAME_LENGTH) {
    throw new Refusal('name_too_long', { field: 'name', detail: { most: UNIT_NAME_LENGTH } })
  }
  return name
}
