// What the time of an answer gives away of an address: pairs that must look alike, asked in turn, 500 times each, by
// somebody who may invite and by somebody who may only ask. Their answers have to be the same, byte for byte.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Figure } from './figure.ts'
import { makeInviters } from './support/inviters.ts'
import { median } from './support/percentile.ts'
import { formRequest } from './support/slack-request.ts'
import { type Scene, withUsher } from './support/with-usher.ts'

const TRIES = 500
const WARM_UP = 60
const ALL = TRIES + WARM_UP
/** What follows an answer is over by then, in ms. */
const PAUSE = 8

type Sender = { who: string; userId: (round: number) => string; word: string }
type Pair = { name: string; addresses: [Address, Address] }
type Address = (word: string, round: number) => string

const PAIRS: Pair[] = [
  {
    name: 'invited already, against in the hub already',
    addresses: [() => 'pending@bench.example', () => 'in-hub@bench.example'],
  },
  {
    name: 'an account elsewhere, against a new address',
    addresses: [
      (word, round) => `elsewhere.${word}.${round}@bench.example`,
      (word, round) => `new.${word}.${round}@bench.example`,
    ],
  },
]

export function run(): Promise<Figure[]> {
  return withUsher(async (scene) => {
    const [hub] = await scene.query<{ id: string }>('SELECT "id" FROM "Hub"')
    const hubId = hub?.id ?? ''
    const inviterOf = await makeInviters(scene, 3 * ALL)
    await makePeople(scene)
    const socket = connect({ port: scene.port, host: '127.0.0.1', noDelay: true })
    scene.closeLater(() => socket.destroy())
    await once(socket, 'connect')
    await timeOf(socket, formRequest({ email: 'pending@bench.example', hubId, userId: inviterOf(0) }))
    const senders: Sender[] = [
      { who: 'an inviter', userId: inviterOf, word: 'invited' },
      { who: 'who may only ask', userId: (round) => `U0ASKER${round % ASKERS}`, word: 'asked' },
    ]
    const figures: Figure[] = []
    for (const sender of senders) {
      for (const pair of PAIRS) figures.push(await compare(socket, { hubId, sender, pair }))
    }
    return figures
  })
}

const ASKERS = 100

/** Who may only ask; who is in the hub; who has an account, but is in no hub. */
async function makePeople({ query }: Scene): Promise<void> {
  const person = `INSERT INTO "Person" ("id", "organisationId", "slackUserId", "slackName", "email", "emailKey",
    "slackSeenAt", "createdAt") SELECT gen_random_uuid(), o."id", `
  await query(`${person} 'U0ASKER' || n, 'Pat Morgan', NULL, NULL, now(), now()
    FROM "Organisation" o, generate_series(0, ${ASKERS - 1}) n`)
  await query(`${person} NULL, NULL, made.email, made.email, NULL, now() FROM "Organisation" o, (
    SELECT 'in-hub@bench.example' AS email UNION ALL
    SELECT 'elsewhere.' || word || '.' || n || '@bench.example'
    FROM generate_series(0, ${ALL - 1}) n, unnest(ARRAY['invited', 'asked']) word) made`)
  await query(`INSERT INTO "Account" ("id", "organisationId", "personId", "passwordHash", "termsVersion",
      "termsAgreedAt", "termsAgreedFrom", "createdAt")
    SELECT gen_random_uuid(), p."organisationId", p."id", 'x', 1, now(), 'a benchmark', now() FROM "Person" p
    WHERE p."email" LIKE '%@bench.example'`)
  await query(`INSERT INTO "HubMembership" ("hubId", "personId", "userType", "joinedAt")
    SELECT h."id", p."id", 'team_member', now() FROM "Hub" h, "Person" p WHERE p."email" = 'in-hub@bench.example'`)
  // One message for each request, and not one for each admin.
  await query(`UPDATE "Organisation" SET "approvalsChannelId" = 'C0BENCH'`)
  await query('ANALYZE')
}

async function compare(
  socket: Socket,
  { hubId, sender, pair }: { hubId: string; sender: Sender; pair: Pair },
): Promise<Figure> {
  const times: [number[], number[]] = [[], []]
  const answers = new Set<string>()
  for (let round = 0; round < ALL; round += 1) {
    // Which of the two is first changes: what the one leaves behind is not always the other's.
    for (const side of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
      const email = pair.addresses[side](sender.word, round)
      const request = formRequest({ email, hubId, userId: sender.userId(round) })
      await sleep(PAUSE)
      const { took, body } = await timeOf(socket, request)
      answers.add(body)
      if (round >= WARM_UP) times[side].push(took)
    }
  }
  if (answers.size !== 1) throw new Error(`Answered in ${answers.size} ways: ${[...answers].join(' | ')}`)
  const [one, other] = times.map(median)
  if (one === undefined || other === undefined) throw new Error('Nothing was measured')
  const apart = Math.abs(one / other - 1) * 100
  return {
    name: `Answer to ${sender.who}, ${pair.name}: medians apart (${one.toFixed(2)} and ${other.toFixed(2)} ms)`,
    value: Math.round(apart * 10) / 10,
    unit: '%',
    reach: 'at most 5 %',
  }
}

/** Sends a request and gives its answer, and how long that took to come whole, in ms. */
async function timeOf(socket: Socket, request: string): Promise<{ took: number; body: string }> {
  const began = performance.now()
  socket.write(request)
  let text = ''
  while (!isWhole(text)) {
    const [part] = (await once(socket, 'data')) as [Buffer]
    text += part.toString('latin1')
  }
  const took = performance.now() - began
  if (!text.startsWith('HTTP/1.1 200')) throw new Error(`Answered with ${text.slice(0, 12)}`)
  return { took, body: text.slice(text.indexOf('\r\n\r\n') + 4) }
}

function isWhole(text: string): boolean {
  const headEnd = text.indexOf('\r\n\r\n')
  if (headEnd === -1) return false
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1] ?? '0')
  return text.length >= headEnd + 4 + length
}
