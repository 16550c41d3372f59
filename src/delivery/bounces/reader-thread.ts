// The thread of reader.ts: takes messages, gives what they say.
import { parentPort } from 'node:worker_threads'
import { readBounce } from './read-bounce.ts'

parentPort?.on('message', async (message: Uint8Array) => parentPort?.postMessage(await readBounce(message)))
