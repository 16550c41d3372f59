// The body of one message on its way into a connection. It is given out only when the mail server has said that it may
// come, so whoever holds it can tell a message that never left from one that may have arrived.
import { Readable } from 'node:stream'

/** `onTaken` is called when the connection begins to take the body. */
export class SingleBody extends Readable {
  readonly #body: Buffer
  readonly #onTaken: () => void

  constructor(body: Buffer, onTaken: () => void) {
    super({ highWaterMark: body.length + 1 })
    this.#body = body
    this.#onTaken = onTaken
  }

  override _read(): void {
    this.#onTaken()
    this.push(this.#body)
    this.push(null)
  }
}
