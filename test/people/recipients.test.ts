// Pasted lists, in the forms in which people paste them; and that nothing is ever dropped.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readEmailAddress } from '../../src/people/email-address.ts'
import { rowsOfRecipients } from '../../src/people/recipient-rows.ts'
import { describeCount, readRecipients } from '../../src/people/recipients.ts'

/** "Ana|ana@x.org" for a recipient; what is no address as it stands. */
function read(text: string): { taken: string[]; not: string[] } {
  const { recipients, unrecognised } = readRecipients(text)
  return {
    taken: recipients.map(({ name, address }) => (name ? `${name}|${address.written}` : address.written)),
    not: unrecognised.map(({ written }) => written),
  }
}

describe('a pasted list', () => {
  it.each([
    ['one address', 'ana@x.org', ['ana@x.org']],
    ['a line each', 'ana@x.org\nbob@x.org\r\ncy@x.org', ['ana@x.org', 'bob@x.org', 'cy@x.org']],
    ['CR only', 'ana@x.org\rbob@x.org', ['ana@x.org', 'bob@x.org']],
    ['commas', 'ana@x.org,bob@x.org', ['ana@x.org', 'bob@x.org']],
    ['trailing commas', ',ana@x.org,,; ,', ['ana@x.org']],
    ['semicolons and spaces', 'ana@x.org; bob@x.org cy@x.org', ['ana@x.org', 'bob@x.org', 'cy@x.org']],
    ['full-width signs', 'ａｎａ＠x.org，bob@x.org；cy@x.org', ['ana@x.org', 'bob@x.org', 'cy@x.org']],
    ['Outlook', '"Diaz, Ana" <ana@x.org>; Bob <bob@x.org>', ['Diaz, Ana|ana@x.org', 'Bob|bob@x.org']],
    ['Outlook without quotes', 'Diaz, Ana <ana@x.org>; Bob <bob@x.org>', ['Diaz, Ana|ana@x.org', 'Bob|bob@x.org']],
    ['Outlook without a name', "'ana@x.org' <ana@x.org>; bob@x.org <bob@x.org>", ['ana@x.org', 'bob@x.org']],
    ['no space before the bracket', 'Ana<ana@x.org>', ['Ana|ana@x.org']],
    ['a name in front', 'Ana Diaz ana@x.org', ['Ana Diaz|ana@x.org']],
    ['a name behind', 'ana@x.org Ana Diaz', ['Ana Diaz|ana@x.org']],
    ['a name with an apostrophe', "Pat O'Neil <pat.o'neil@x.org>", ["Pat O'Neil|pat.o'neil@x.org"]],
    ['two addresses after one name', 'Ana <ana@x.org> <bob@x.org>', ['Ana|ana@x.org', 'bob@x.org']],
    ['an address before a name', 'bob@x.org Ana <ana@x.org>', ['bob@x.org', 'Ana|ana@x.org']],
    ['rows of a spreadsheet', 'Ana\tDiaz\tana@x.org\nbob@x.org\tBob', ['Ana Diaz|ana@x.org', 'Bob|bob@x.org']],
    ['empty cells of a spreadsheet', '\t\tana@x.org\t\t\tAna', ['Ana|ana@x.org']],
    ['a quoted cell', '"ana@x.org","bob@x.org"', ['ana@x.org', 'bob@x.org']],
    ['several in quotes', '"ana@x.org, bob@x.org"', ['ana@x.org', 'bob@x.org']],
    ['Slack', '<mailto:ana@x.org|ana@x.org> <mailto:bob@x.org|Bob>', ['ana@x.org', 'Bob|bob@x.org']],
    ['a link', 'mailto:ana@x.org', ['ana@x.org']],
    [
      'bullets and numbers',
      '- ana@x.org\n• bob@x.org\n3. cy@x.org\n> di@x.org',
      ['ana@x.org', 'bob@x.org', 'cy@x.org', 'di@x.org'],
    ],
    ['a sentence', '(ana@x.org) and bob@x.org.', ['ana@x.org', 'bob@x.org']],
    ['another script', 'Аня Иванова <anya@пример.рф> и bob@x.org', ['Аня Иванова|anya@пример.рф', 'bob@x.org']],
  ])('may be %s', (_, text, taken) => {
    expect(read(text)).toEqual({ taken, not: [] })
  })

  it.each([
    ['ana@', ['ana@']],
    ['ana@x.orgbob@y.org', ['ana@x.orgbob@y.org']],
    ['Ana <ana@> ', ['Ana <ana@>']],
    ['Ana Diaz', ['Ana Diaz']],
    ['Email\tName', ['Email', 'Name']],
    ['<https://x.org|x.org>', ['<https://x.org|x.org>']],
    ['"unclosed', ['"unclosed']],
    ['a <b', ['a <b']],
    ['@', ['@']],
    [`${'a'.repeat(600)}@x.org`, [`${'a'.repeat(600)}@x.org`]],
  ])('names what is no address: %j', (text, not) => {
    expect(read(text)).toEqual({ taken: [], not })
  })

  it('does not take a sentence for a name', () => {
    expect(read('would you please invite my colleague ana@x.org')).toEqual({
      taken: ['ana@x.org'],
      not: ['would you please invite my colleague'],
    })
  })

  it('keeps the cells of a long row apart from the name', () => {
    expect(read('Ana\tDiaz\tana@x.org\tSales 5')).toEqual({ taken: ['ana@x.org'], not: ['Ana', 'Diaz', 'Sales 5'] })
  })

  it('knows the lines', () => {
    const { recipients, unrecognised } = readRecipients('ana@x.org\r\n\r\nbob@\rcy@x.org')

    expect(recipients.map(({ line }) => line)).toEqual([1, 4])
    expect(unrecognised).toEqual([{ line: 3, written: 'bob@' }])
  })

  it('becomes rows in the order of its lines, as a file does', () => {
    const rows = rowsOfRecipients(readRecipients('"Diaz, Ana" <ana@x.org>\nbob@\ncy@x.org'))

    expect(rows.map(({ row, problem }) => [row.line, row.written, row.firstName, row.lastName, problem?.code])).toEqual(
      [
        [1, 'ana@x.org', 'Ana', 'Diaz', undefined],
        [2, 'bob@', '', '', 'address_malformed'],
        [3, 'cy@x.org', '', '', undefined],
      ],
    )
  })
})

describe('the count', () => {
  it.each([
    ['', '0 addresses recognised'],
    ['a@x.org', '1 address recognised'],
    ['a@x.org b@x.org', '2 addresses recognised'],
    ['a@x.org ana@', '1 address recognised, 1 not: ana@'],
    ['a@x.org A@X.ORG a@x.org', '1 address recognised, 2 repeated'],
    ['a@x.org a@x.org ana@ bob@', '1 address recognised, 1 repeated, 2 not: ana@, bob@'],
    ['a@,b@,c@,d@,e@,f@,g@', '0 addresses recognised, 7 not: a@, b@, c@ and 4 more'],
    [`${'a'.repeat(50)}@`, `0 addresses recognised, 1 not: ${'a'.repeat(39)}…`],
  ])('of %j', (text, words) => {
    expect(describeCount(readRecipients(text))).toBe(words)
  })
})

describe('whatever is pasted', () => {
  const address = fc
    .tuple(fc.stringMatching(/^[a-z0-9]{1,10}$/), fc.stringMatching(/^[a-z0-9]{1,10}$/))
    .map(([local, domain]) => `${local}@${domain}.org`)
  const piece = fc.oneof(
    { weight: 4, arbitrary: address },
    {
      weight: 4,
      arbitrary: fc.constantFrom(' ', ', ', ';', '\t', '\n', '\r', '<', '>', '"', "'", '@', '.', '-', '|', '＠'),
    },
    { weight: 2, arbitrary: fc.constantFrom('Ana', 'Diaz, Ana', 'mailto:', '<mailto:', 'and', '1. ', '"Diaz, Ana" <') },
    { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 8 }) },
  )
  const text = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''))

  // What a line says, without what the list may leave out: separators, brackets, bullets, numbering, "mailto:" and the
  // words for "and" and "or".
  const saidIn = (line: string) =>
    line
      .replace(/^\s*\d{1,4}[.)](?=\s)/, '')
      .replaceAll(/mailto:/gi, ' ')
      .split(/[\s,;，；、<>"'*•·●○▪■►▶→+|/\\&.:!?\p{Ps}\p{Pe}\p{Pi}\p{Pf}–—−-]+/u)
      .filter((said) => !/^(and|or|und|oder)$/i.test(said))

  it('is recognised or named: nothing is dropped', () => {
    fc.assert(
      fc.property(text, (pasted) => {
        const { recipients, unrecognised } = readRecipients(pasted)
        const kept = [
          ...recipients.flatMap(({ name, address }) => [name, address.written]),
          ...unrecognised.map(({ written }) => written),
        ].join('\n')
        const dropped = pasted
          .split(/\r\n|[\r\n\u0085\u2028\u2029]/)
          .flatMap(saidIn)
          // An address is kept as it is meant: ａ is a.
          .filter((said) => !kept.includes(said) && !kept.normalize('NFKD').includes(said.normalize('NFKD')))

        expect(dropped).toEqual([])
      }),
      { numRuns: 2_000 },
    )
  })

  it('gives valid addresses alone', () => {
    fc.assert(
      fc.property(text, (pasted) => {
        for (const { address } of readRecipients(pasted).recipients) {
          expect(readEmailAddress(address.written)).toEqual(address)
        }
      }),
    )
  })

  it('finds every address, whatever separates them', () => {
    const separator = fc.constantFrom(' ', ',', ';', '\t', '\n', '\r\n', '\r', ', ', ' ;\n', '，', ' and ', '\n\n- ')
    fc.assert(
      fc.property(fc.array(fc.tuple(address, separator), { maxLength: 20 }), (pairs) => {
        const { recipients, unrecognised } = readRecipients(pairs.flat().join(''))

        expect(recipients.map((recipient) => recipient.address.written)).toEqual(pairs.map(([written]) => written))
        expect(unrecognised).toEqual([])
      }),
    )
  })

  it('gives the same again when what was read is pasted a line each', () => {
    fc.assert(
      fc.property(text, (pasted) => {
        const first = readRecipients(pasted).recipients.map(({ address }) => address.key)
        const again = readRecipients(
          readRecipients(pasted)
            .recipients.map(({ address }) => address.written)
            .join('\n'),
        )

        expect(again.recipients.map(({ address }) => address.key)).toEqual(first)
        expect(again.unrecognised).toEqual([])
      }),
    )
  })

  // A reader whose work grew with the square of such a text would not end within the test's time.
  it.each(['a', '<', '"', '@', '<"', 'a@', '> ', ' ', '"<@', '\t', '<a>', "'.", 'a"', ',', 'a <', '.@', '\r'])(
    'is read in one pass: a megabyte of %j',
    (nasty) => {
      const list = readRecipients(nasty.repeat(1_000_000 / nasty.length))

      expect(list.recipients).toEqual([])
    },
  )
})
