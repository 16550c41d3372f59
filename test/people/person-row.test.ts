// One row of a file: what is read of it, and what is refused with its own code.
import { describe, expect, it } from 'vitest'
import { UNIT_NAME_LENGTH } from '../../src/organisation/settings.ts'
import { type RowProblemCode, UNIT_LENGTH } from '../../src/people/person-row.ts'
import { readStartDate } from '../../src/people/start-date.ts'
import { fileOf, readAll } from './files.ts'

const HEADER = 'email,first name,last name,mobile,department,location,employee type,start date,groups,active'

async function readRow(line: string, header = HEADER) {
  const { rows } = await readAll(fileOf(`${header}\n${line}\n`))
  const [first] = rows
  if (!first) throw new Error('the file has no row')
  return first
}

describe('a row', () => {
  it('is read whole', async () => {
    const { row, problem } = await readRow('Ana@X.org, Ana  Maria ,Diaz,+7 905 111-11-11,,,,,,')
    const full = await readRow(
      'bob@x.org,Bob,Ray,0079051111111,HR,Berlin,CONTRACTOR,4.3.2026,"Nurses, Night; nurses",No',
    )

    expect(problem).toBeUndefined()
    expect(row).toMatchObject({ written: 'Ana@X.org', firstName: 'Ana Maria', mobile: '+79051111111', active: null })
    expect(full.problem).toBeUndefined()
    expect(full.row).toMatchObject({
      line: 2,
      mobile: '+79051111111',
      departmentName: 'HR',
      locationName: 'Berlin',
      employeeType: 'contractor',
      startDate: '2026-03-04',
      groups: ['Nurses', 'Night'],
      active: false,
    })
  })

  it.each<[RowProblemCode, string]>([
    ['address_malformed', 'ana@,Ana'],
    ['address_malformed', 'a@x.org; b@x.org,Ana'],
    ['address_missing', ',Ana,,+79051111111'],
    ['mobile_malformed', 'ana@x.org,,,7.9E+10'],
    ['mobile_without_country', 'ana@x.org,,,9051111111'],
    ['start_date_unclear', 'ana@x.org,,,,,,,03/04/2026'],
    ['start_date_malformed', 'ana@x.org,,,,,,,31.02.2026'],
    ['employee_type_unknown', 'ana@x.org,,,,,,external'],
    ['active_unknown', 'ana@x.org,,,,,,,,,perhaps'],
    ['name_too_long', `ana@x.org,${'a'.repeat(81)}`],
    ['name_too_long', `ana@x.org,,,,${'a'.repeat(61)}`],
    ['too_many_groups', `ana@x.org,,,,,,,,"${Array.from({ length: 51 }, (_, at) => `g${at}`).join(',')}"`],
    ['too_many_columns', 'ana@x.org,Ana,Diaz,,,,,,,,surplus'],
  ])('is refused as %s: %s', async (code, line) => {
    const { problem, row } = await readRow(line)

    expect(problem?.code).toBe(code)
    expect(row.written).not.toBe('')
  })

  it('without an address shows itself, cut short', async () => {
    const { row } = await readRow(`,Ana,${'x'.repeat(70)},,${'y'.repeat(50)},${'z'.repeat(50)},,,${'g'.repeat(50)}`)

    expect(row.written).toHaveLength(200)
    expect(row.written.startsWith(', Ana, xxx')).toBe(true)
  })

  it.each([
    [',Ana,Diaz,+79051111111', '+79051111111'],
    [',Ana,Diaz', null],
  ])('without an address is taken for its first and last name: %s', async (line, mobile) => {
    const { row, problem } = await readRow(line)

    expect([problem, row.mobile, row.address]).toEqual([undefined, mobile, null])
  })

  it('keeps no control characters', async () => {
    const { row } = await readRow('ana@x.org,"A\tn\u0007a",Diaz')

    expect(row.firstName).toBe('A n a')
  })

  it('takes names of departments as long as they can be', () => {
    expect(UNIT_LENGTH).toBe(UNIT_NAME_LENGTH)
  })
})

describe('a start date', () => {
  it.each([
    ['2026-03-04', '2026-03-04'],
    ['2026/3/4', '2026-03-04'],
    ['2026-03-04 00:00:00', '2026-03-04'],
    ['2026-03-04T00:00:00.000Z', '2026-03-04'],
    ['4.3.2026', '2026-03-04'],
    ['04.03.2026', '2026-03-04'],
    ['4. 3. 2026', '2026-03-04'],
    ['04.03.2026 г.', '2026-03-04'],
    ['4 March 2026', '2026-03-04'],
    ['4-Mar-2026', '2026-03-04'],
    ['March 4, 2026', '2026-03-04'],
    ['4th of March 2026', undefined],
    ['4. März 2026', '2026-03-04'],
    ['4 марта 2026 г.', '2026-03-04'],
    ['1 мая 2026', '2026-05-01'],
    ['25/12/2026', '2026-12-25'],
    ['12/25/2026', '2026-12-25'],
    ['05-05-2026', '2026-05-05'],
    ['29.02.2028', '2028-02-29'],
  ])('%s is %s', (text, date) => {
    expect(readStartDate(text)).toEqual(date ? { date } : { problem: 'start_date_malformed' })
  })

  it.each(['03/04/2026', '3-4-2026', '04.03.26', '1/2/26'])('%s is unclear', (text) => {
    expect(readStartDate(text)).toEqual({ problem: 'start_date_unclear' })
  })

  it.each([
    ...['31.02.2026', '29.02.2026', '2026-13-01', '2026-00-10', '32/12/2026', '13/13/2026', '0.1.2026', '1.1.1899'],
    ...['46085', 'soon', 'March 2026', '4 Foo 2026', '2026-03-04 09:30', '٤.٣.٢٠٢٦', 'x'.repeat(10_000)],
  ])('%s is malformed', (text) => {
    expect(readStartDate(text)).toEqual({ problem: 'start_date_malformed' })
  })
})
