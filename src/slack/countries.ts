// Countries by their names, for those whose numbers may be sent text messages. Pure.
import { COUNTRIES } from '../people/index.ts'
import type { Choice } from './blocks.ts'

const names = new Intl.DisplayNames('en', { type: 'region' })

/** "Germany (DE)"; the code alone where it has no name. */
export function nameOfCountry(code: string): string {
  const name = names.of(code)
  return name === undefined || name === code ? code : `${name} (${code})`
}

const CHOICES: Choice[] = COUNTRIES.map((id) => ({ id, name: nameOfCountry(id) })).sort((one, other) =>
  one.name.localeCompare(other.name, 'en'),
)

/** The countries whose name or code has what was typed; all of them where nothing was. */
export function findCountries(typed: string): Choice[] {
  const wanted = typed.trim().toLowerCase()
  return CHOICES.filter(({ name }) => name.toLowerCase().includes(wanted))
}
