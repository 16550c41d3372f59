// What a person typed cannot be done; the message says why and what to type instead.

export class CannotDo extends Error {
  override name = 'CannotDo'
}
