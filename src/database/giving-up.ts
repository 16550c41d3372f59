// A server that falls silent (a pulled cable, a firewall that forgot the connection) is noticed by TCP after a quarter of
// an hour; until then whoever had asked would wait, and every connection with them.
import { Socket } from 'node:net'

/** Longest silence in the middle of a statement, in ms. A connection that idles has to be closed before. */
export const SILENCE = 30_000

/** A socket that is cut when nothing has come or gone for SILENCE: what waits on it fails, and the pool makes another. */
export function socketThatGivesUp(): Socket {
  const socket = new Socket()
  socket.setTimeout(SILENCE, () =>
    socket.destroy(new Error(`The database has been silent for ${SILENCE / 1_000} seconds`)),
  )
  return socket
}
