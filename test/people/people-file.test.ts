// CSV files of people as programs and people write them: encodings, delimiters, line breaks, headers, cells.
import { describe, expect, it } from 'vitest'
import { readPeopleFile } from '../../src/people/people-file.ts'
import { fileOf, readAll } from './files.ts'

const addresses = async (...parts: Parameters<typeof fileOf>) =>
  (await readAll(fileOf(...parts))).rows.map(({ row }) => row.address?.written)

const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16()
const LIST = 'Email,First name\r\nana@x.org,Аня\r\nbob@x.org,"Bob ""B"", jr."\r\n'

describe('a file of people', () => {
  it.each([
    ['UTF-8', LIST],
    ['UTF-8 with its mark', `\uFEFF${LIST}`],
    ['two marks', `\uFEFF\uFEFF${LIST}`],
    ['UTF-16 LE', Buffer.from(`\uFEFF${LIST}`, 'utf16le')],
    ['UTF-16 BE', utf16be(`\uFEFF${LIST}`)],
    ['LF', LIST.replaceAll('\r\n', '\n')],
    ['CR only', LIST.replaceAll('\r\n', '\r')],
    ['no line break at the end', LIST.trimEnd()],
    ['semicolons', LIST.replace('Email,', 'Email;').replaceAll('g,', 'g;')],
    ['tabs', LIST.replace('Email,', 'Email\t').replaceAll('g,', 'g\t')],
    ['Excel’s own first line', `sep=;\r\n${LIST.replace('Email,', 'Email;').replaceAll('g,', 'g;')}`],
    ['blank lines', `\r\n\r\n${LIST}\r\n,\r\n`],
  ])('may have %s', async (_, content) => {
    const { rows, hasHeader } = await readAll(fileOf(content))

    expect(hasHeader).toBe(true)
    expect(rows.map(({ row }) => [row.address?.key, row.firstName])).toEqual([
      ['ana@x.org', 'Аня'],
      ['bob@x.org', 'Bob "B", jr.'],
    ])
    expect(rows.some(({ problem }) => problem)).toBe(false)
  })

  it.each([1, 2, 3, 7, 1_000])('may come %i bytes at a time, in every encoding', async (size) => {
    for (const content of [Buffer.from(LIST), Buffer.from(`\uFEFF${LIST}`, 'utf16le'), utf16be(`\uFEFF${LIST}`)]) {
      const pieces = Array.from({ length: Math.ceil(content.length / size) }, (_, at) =>
        content.subarray(at * size, (at + 1) * size),
      )
      const { rows, bytes } = await readAll(fileOf(...pieces))

      expect(rows.map(({ row }) => `${row.line} ${row.firstName}`)).toEqual(['2 Аня', '3 Bob "B", jr.'])
      expect(bytes).toBe(content.length)
    }
  })

  it('needs no header: the addresses are in the column of the first one', async () => {
    expect(await addresses('ana@x.org\nbob@x.org')).toEqual(['ana@x.org', 'bob@x.org'])
    expect(await addresses('ana@x.org;Ana\nbob@x.org;Bob')).toEqual(['ana@x.org', 'bob@x.org'])
    expect(await addresses('Ana,ana@x.org\nBob,bob@x.org')).toEqual(['ana@x.org', 'bob@x.org'])
  })

  it('may have names beside its addresses', async () => {
    const { rows } = await readAll(
      fileOf('Email\n"Ana Maria Diaz <ana@x.org>"\n"Diaz, Bob" <bob@x.org>\nCy <cy@x.org>'),
    )

    expect(rows.map(({ row }) => [row.firstName, row.lastName, row.address?.written])).toEqual([
      ['Ana Maria', 'Diaz', 'ana@x.org'],
      ['Bob', 'Diaz', 'bob@x.org'],
      ['Cy', '', 'cy@x.org'],
    ])
  })

  it('says nothing of nobody: several addresses in one line without a header are named', async () => {
    const { rows } = await readAll(fileOf('ana@x.org, bob@x.org, cy@x.org'))

    expect(rows.map(({ problem }) => problem?.code)).toEqual(['several_addresses'])
  })

  it.each([
    ['E-Mail;Vorname;Nachname;Handy;Abteilung;Standort', 'ana@x.org;Ana;Diaz;+79051111111;HR;Berlin'],
    ['Фамилия,Имя,Эл. почта,E-mail,Отдел,Офис,Мобильный телефон', 'Diaz,Ana,,ana@x.org,HR,Berlin,89'],
    [
      'location\tdepartment\tMOBILE PHONE\tsurname\tgiven_name\te-mail address',
      'Berlin\tHR\t+79051111111\tDiaz\tAna\tana@x.org',
    ],
    ['Cost centre,name,email,department,Location', '7,Ana Diaz,ana@x.org,HR,Berlin'],
    ['name,surname,mail,dept,office', 'Ana,Diaz,ana@x.org,HR,Berlin'],
    ['Name,Vorname,Mail,Abteilung,Standort', 'Diaz,Ana,ana@x.org,HR,Berlin'],
    ['ФИО,Почта,Отдел,Офис', 'Diaz Ana,ana@x.org,HR,Berlin'],
  ])('knows its columns in any order: %s', async (header, line) => {
    const { rows } = await readAll(fileOf(`${header}\n${line}\n`))

    expect(rows[0]?.row).toMatchObject({
      firstName: 'Ana',
      lastName: 'Diaz',
      departmentName: 'HR',
      locationName: 'Berlin',
      address: { key: 'ana@x.org' },
    })
  })

  it('names the columns that it does not read', async () => {
    const { ignoredColumns } = await readAll(
      fileOf(`email,Cost centre,,${'x'.repeat(60)},email\nana@x.org,1,2,3,b@x.org`),
    )

    expect(ignoredColumns).toEqual(['Cost centre', `${'x'.repeat(39)}…`, 'email'])
  })

  it('counts lines as an editor does, blank ones and those in quotes too', async () => {
    const { rows } = await readAll(fileOf('email,name\r\n\r\n"ana@x.org","Ana\r\nDiaz"\r\n,,,\r\nbob@x.org,Bob'))

    expect(rows.map(({ row }) => [row.line, row.firstName])).toEqual([
      [3, 'Ana'],
      [6, 'Bob'],
    ])
  })

  it('comes in chunks, with the bytes read so far', async () => {
    const text = `email\n${Array.from({ length: 1_200 }, (_, at) => `person${at}@example.org\n`).join('')}`
    const chunks = []
    for await (const { rows, bytes } of readPeopleFile(fileOf(text))) chunks.push([rows.length, bytes])

    expect(chunks.map(([rows]) => rows)).toEqual([500, 500, 200])
    expect(chunks.at(-1)?.[1]).toBe(text.length)
  })

  it('leaves room for others between its pieces, also when it comes in one', async () => {
    const text = `email\n${Array.from({ length: 9_000 }, (_, at) => `person${at}@example.org\n`).join('')}`
    let turns = 0
    let running = true
    const turn = () => {
      turns += 1
      if (running) setImmediate(turn)
    }
    setImmediate(turn)
    await readAll(fileOf(text))
    running = false

    expect(turns).toBeGreaterThan(text.length / (16 * 1024))
  })

  it('lets its source go when nobody wants more', async () => {
    const source = fileOf('email\n', 'ana@x.org\n'.repeat(5_000), 'bob@x.org\n'.repeat(2_000))
    for await (const _ of readPeopleFile(source)) break

    expect(source.closed).toBe(true)
  })

  it('hands on what goes wrong with its source', async () => {
    async function* broken() {
      yield Buffer.from('email\nana@x.org\n')
      throw new Error('the connection broke')
    }

    await expect(readAll(broken())).rejects.toThrow('the connection broke')
  })
})
