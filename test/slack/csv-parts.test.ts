// A long export as several files: none longer than allowed, each with the header, nothing lost.
import { expect, it } from 'vitest'
import { inParts } from '../../src/slack/csv-parts.ts'

async function* chunks(count: number) {
  yield 'email\r\n'
  for (let n = 0; n < count; n += 1) yield `person${n}@example.org\r\n`
}

async function partsOf(count: number, most: number) {
  const parts: { text: string; isFirst: boolean; isLast: boolean }[] = []
  for await (const { content, ...part } of inParts(chunks(count), most))
    parts.push({ ...part, text: content.toString() })
  return parts
}

it('is one file when it fits', async () => {
  expect(await partsOf(2, 1_000)).toEqual([
    { text: 'email\r\nperson0@example.org\r\nperson1@example.org\r\n', isFirst: true, isLast: true },
  ])
})

it('is the header alone when there is nobody', async () => {
  expect(await partsOf(0, 1_000)).toEqual([{ text: 'email\r\n', isFirst: true, isLast: true }])
})

it('is cut between lines, and nothing is lost', async () => {
  const parts = await partsOf(50, 200)
  expect(parts.length).toBeGreaterThan(5)
  for (const { text } of parts) {
    expect(text.length).toBeLessThanOrEqual(200)
    expect(text.startsWith('email\r\n')).toBe(true)
  }
  const lines = parts.flatMap(({ text }) => text.split('\r\n').slice(1, -1))
  expect(lines).toEqual(Array.from({ length: 50 }, (_, n) => `person${n}@example.org`))
  expect(parts.map(({ isLast }) => isLast)).toEqual(parts.map((_, index) => index === parts.length - 1))
})
