// Every row's id: version 7, so that ids grow with time and an index on them stays dense.
import { v7 } from 'uuid'

/** A new random id (UUID version 7, RFC 9562). */
export function newId(): string {
  return v7()
}
