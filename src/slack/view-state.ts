// What stands in a form, out of Slack's nested state. Pure.
import type { SlackFile } from './feature.ts'

export type State = Record<string, Record<string, FieldState>>
type FieldState = {
  value?: string | null
  selected_option?: { value: string } | null
  selected_conversation?: string | null
  selected_user?: string | null
  selected_date?: string | null
  selected_options?: { value: string }[]
  files?: SlackFile[]
}

/** What stands in a form, by block: in Usher's forms a block has one field. Pure. */
export function readValues(state: State): Record<string, string | null> {
  return Object.fromEntries(
    Object.entries(state).map(([block, fields]) => {
      const [field] = Object.values(fields)
      const ticked = field?.selected_options?.map(({ value }) => value).join(',') || null
      const chosen = field?.selected_conversation ?? field?.selected_user ?? field?.selected_date
      return [block, field?.value ?? field?.selected_option?.value ?? chosen ?? ticked]
    }),
  )
}

/** The files that were given, by block; at most one each. Pure. */
export function readFiles(state: State): Record<string, SlackFile | undefined> {
  return Object.fromEntries(
    Object.entries(state).map(([block, fields]) => [block, Object.values(fields)[0]?.files?.[0]]),
  )
}
