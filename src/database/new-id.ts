// Every row's id: version 7, so that ids grow with time and an index on them stays dense.
import { v7 } from 'uuid'

/** A new random id (UUID version 7, RFC 9562). */
export function newId(): string {
  return v7()
}

/** Whether a text from outside has the shape of an id; anything else would be an error of PostgreSQL's, not a no. */
export function isId(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text)
}
