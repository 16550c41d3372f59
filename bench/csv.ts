// A CSV file of 10,000 people: from the end of the download to the verdict over each row, beside csv-parse, zod and phone
// numbers alone over the same bytes.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout } from 'node:timers/promises'
import { parse } from 'csv-parse/sync'
import { parsePhoneNumberFromString } from 'libphonenumber-js/mobile'
import { z } from 'zod'
import { readPeopleFile } from '../src/people/people-file.ts'
import type { Figure } from './figure.ts'
import { median } from './support/percentile.ts'

const ROWS = 10_000
const ROUNDS = 9
/** As a download comes. */
const PIECE = 64 * 1024

export async function run(): Promise<Figure[]> {
  const file = peopleFile()
  // Both are warm when it counts.
  for (let round = 0; round < 3; round += 1) {
    readPlainly(file)
    await readOurs(file)
  }
  const ours: number[] = []
  const plain: number[] = []
  const blocks: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    await setTimeout(20)
    plain.push(timed(() => readPlainly(file)))
    await setTimeout(20)
    const { ms, block } = await readOurs(file)
    ours.push(ms)
    blocks.push(block)
  }
  const value = median(ours)
  const limit = median(plain)
  return [
    { name: 'CSV of 10,000 rows to its verdict', value, unit: 'ms', limit, ratio: value / limit, reach: '≤ 300 ms' },
    { name: 'Longest block of the event loop meanwhile', value: median(blocks), unit: 'ms', reach: '≤ 50 ms' },
  ]
}

async function readOurs(file: Buffer): Promise<{ ms: number; block: number }> {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  await setTimeout(5)
  delay.reset()
  const began = performance.now()
  let good = 0
  for await (const { rows } of readPeopleFile(inPieces(file))) {
    for (const { problem } of rows) if (!problem) good += 1
  }
  const ms = performance.now() - began
  await setTimeout(5)
  delay.disable()
  if (good !== ROWS) throw new Error(`${good} of ${ROWS} rows are good`)
  return { ms: round(ms), block: round(delay.max / 1e6) }
}

const Person = z.object({
  email: z.email(),
  'first name': z.string().max(80),
  'last name': z.string().max(80),
  mobile: z.string(),
  department: z.string().max(60),
  location: z.string().max(60),
  'employee type': z.enum(['Employee', 'Contractor']),
  'start date': z.iso.date(),
})

/** What the libraries take alone: everything at once, no limits, no encodings, nothing said of a bad row. */
function readPlainly(file: Buffer): void {
  let good = 0
  for (const record of parse(file, { columns: true, bom: true })) {
    const person = Person.parse(record)
    if (parsePhoneNumberFromString(person.mobile)?.isValid()) good += 1
  }
  if (good !== ROWS) throw new Error(`${good} of ${ROWS} rows are good`)
}

function peopleFile(): Buffer {
  const rows = Array.from(
    { length: ROWS },
    (_, at) =>
      `person.${at}@example.org,Ana ${at},"Diaz, the ${at}th",+7905${1_110_000 + at},Service ${at % 40},Berlin,Employee,2026-03-0${1 + (at % 9)}`,
  )
  return Buffer.from(
    `email,first name,last name,mobile,department,location,employee type,start date\r\n${rows.join('\r\n')}\r\n`,
  )
}

async function* inPieces(file: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < file.length; at += PIECE) yield file.subarray(at, at + PIECE)
}

function timed(work: () => void): number {
  const began = performance.now()
  work()
  return round(performance.now() - began)
}

const round = (ms: number) => Math.round(ms * 10) / 10
