// What members are told about lists: every reason has its own sentence, none says more than is known.
import { describe, expect, it } from 'vitest'
import type { RowProblem, RowProblemCode } from '../../src/people/person-row.ts'
import { UnreadableList, type UnreadableReason } from '../../src/people/unreadable-list.ts'
import { wordsForReason, wordsForRow, wordsForUnreadable } from '../../src/slack/list-words.ts'

const kinds = ['excel', 'zip', 'pdf', 'word', 'open_document', 'picture', 'rtf', 'gzip', 'xml', 'binary'] as const
const reasons: UnreadableReason[] = [
  { code: 'too_large', detail: { most: 10 * 1024 * 1024 } },
  { code: 'too_many_rows', detail: { most: 10_000, blank: false } },
  { code: 'too_many_rows', detail: { most: 100_000, blank: true } },
  { code: 'empty', detail: {} },
  { code: 'web_page', detail: {} },
  { code: 'encoding', detail: { looksLike: 'Windows-1251' } },
  { code: 'encoding', detail: { looksLike: '' } },
  { code: 'no_email_column', detail: { columns: 'Name, Phone' } },
  { code: 'unclosed_quote', detail: { line: 7 } },
  { code: 'cell_too_long', detail: { line: 7, most: 32_767 } },
  ...kinds.map((seems): UnreadableReason => ({ code: 'not_text', detail: { seems } })),
]

const problems: Record<RowProblemCode, RowProblem['detail']> = {
  address_malformed: { written: 'ana@' },
  user_name_malformed: { written: 'Ana!' },
  address_missing: {},
  several_addresses: {},
  mobile_malformed: { written: 'soon' },
  mobile_without_country: { written: '9051111111' },
  start_date_unclear: { written: '03/04/2026' },
  start_date_malformed: { written: '31.02.2026' },
  employee_type_unknown: { written: 'external' },
  active_unknown: { written: 'perhaps' },
  name_too_long: { field: 'firstName', most: 80 },
  too_many_groups: { most: 50 },
  too_many_columns: { most: 3 },
}
const codes = Object.keys(problems).filter((code): code is RowProblemCode => code in problems)

describe('a file that cannot be read', () => {
  const sentences = reasons.map((reason) => wordsForUnreadable(new UnreadableList(reason)))

  it('has a sentence of its own for each reason', () => {
    expect(new Set(sentences).size).toBe(reasons.length)
    for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z][\s\S]*\.$/)
    expect(sentences.join()).not.toMatch(/undefined|NaN|null/)
  })

  it('says the numbers', () => {
    expect(sentences.slice(0, 3)).toEqual([
      'This file is larger than 10 MB. Send it in smaller parts.',
      'This file has more than 10,000 people. Send it in smaller parts.',
      'This file has more than 100,000 empty lines. Take them out and choose it again.',
    ])
  })
})

describe('a row that cannot be taken', () => {
  it('has a sentence of its own for each reason, with and without its detail', () => {
    for (const detailed of [true, false]) {
      const sentences = codes.map((code) => wordsForRow({ code, detail: detailed ? problems[code] : {} }))

      expect(new Set(sentences).size).toBe(codes.length)
      for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z“][\s\S]*\.$/)
      expect(sentences.join()).not.toMatch(/undefined|NaN|null/)
    }
  })

  it('is explained by its code alone too, also when a rule refused it', () => {
    const rules = ['repeated', 'could_not_be_invited', 'department_unknown', 'location_unknown', 'other_department']
    const sentences = [...codes, ...rules, 'something new'].map((reason) => wordsForReason(reason))

    expect(new Set(sentences).size).toBe(codes.length + rules.length + 1)
  })
})
