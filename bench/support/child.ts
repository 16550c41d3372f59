// A part of a benchmark in a process of its own, so that it measures nothing but what it should.
import { fork } from 'node:child_process'
import { once } from 'node:events'

export type Child<Question, Answer> = {
  port: number
  /** Sends a question and gives the next answer. One question at a time. */
  ask: (question: Question) => Promise<Answer>
  /** What it says next without being asked. */
  nextAnswer: () => Promise<Answer>
  stop: () => Promise<void>
}

/** Starts a file, named from this folder, that says `{ port }` when it listens. Throws when it ends before that. */
export async function startChild<Question extends object, Answer>(
  file: string,
  args: string[] = [],
): Promise<Child<Question, Answer>> {
  const child = fork(new URL(file, import.meta.url), args)
  const ended = once(child, 'exit')
  const [first] = await Promise.race([once(child, 'message'), ended])
  if (typeof first?.port !== 'number') throw new Error(`${file} did not start`)
  const nextAnswer = async () => (await once(child, 'message'))[0]
  return {
    port: first.port,
    nextAnswer,
    ask(question) {
      const answer = nextAnswer()
      child.send(question)
      return answer
    },
    async stop() {
      child.disconnect()
      await ended
    },
  }
}
