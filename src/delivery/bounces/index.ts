// Mail that comes back: read from a mailbox or from standard input.
export { type BounceMailbox, createBounceMailbox, type OpenMailbox } from './mailbox.ts'
export { type BouncedMessage, type BounceReading, readBounce } from './read-bounce.ts'
export { MOST_READ } from './read-returned.ts'
export { type BounceReader, createBounceReader } from './reader.ts'
