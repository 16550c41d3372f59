// Files of every kind, given to the form for many: read, or refused with a sentence of its own, and nothing chosen lost.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startUsher, type Usher } from '../setup/usher.ts'
import { queryRows, until } from './acts.ts'
import { ACCESS, addresses, afterReading, csv, type GivenFile, giveFile, openList, paste } from './list-acts.ts'

let usher: Usher

beforeAll(async () => {
  usher = await startUsher()
})
afterEach(async () => {
  const view = usher.slack.as('UADA').view()
  await view?.close({ all: true })
  expect(usher.slack.complaints).toEqual([])
})
afterAll(() => usher.stop())

const ada = () => usher.slack.as('UADA')
const HEADER = 'email,first name,last name,department'
const ROWS = [['ana@example.org', 'Ana', 'Diaz'] as const, ['bjørn@example.org', 'Bjørn', 'Åse'] as const]
const table = (delimiter: string, lineEnd = '\n') =>
  [['email', 'first name', 'last name'], ...ROWS].map((row) => row.join(delimiter)).join(lineEnd)

function utf16(text: string, order: 'le' | 'be'): Buffer {
  const bytes = Buffer.from(`\uFEFF${text}`, 'utf16le')
  return order === 'le' ? bytes : bytes.swap16()
}

describe('is read', () => {
  const twoPeople = table(',').replaceAll('bjørn@', 'bjorn@')
  const files: Record<string, GivenFile> = {
    'with commas': csv(twoPeople),
    'with semicolons': csv(twoPeople.replaceAll(',', ';')),
    'with tabs': csv(twoPeople.replaceAll(',', '\t'), 'people.tsv'),
    'with quotes around every cell': csv(twoPeople.replaceAll(/[^,\n]+/g, '"$&"')),
    'with CR LF': csv(twoPeople.replaceAll('\n', '\r\n')),
    'with CR alone': csv(twoPeople.replaceAll('\n', '\r')),
    'as UTF-8 with a byte order mark': csv(`\uFEFF${twoPeople}`),
    'as UTF-16, little end first': csv(utf16(twoPeople, 'le')),
    'as UTF-16, big end first': csv(utf16(twoPeople, 'be')),
    'with the line that Excel puts on top': csv(`sep=;\r\n${twoPeople.replaceAll(',', ';')}`),
    'without a header': csv('ana@example.org\nbjorn@example.org\n', 'addresses.txt'),
    'with columns in another order and others between': csv(
      'Nr;Last name;E-Mail;First name\n1;Diaz;ana@example.org;Ana\n2;Åse;bjorn@example.org;Bjørn\n',
    ),
  }
  it.each(Object.entries(files))('%s', async (_, file) => {
    const preview = await giveFile(ada(), file)
    expect(preview.text).toContain('2 people will be invited')
    expect(preview.text).not.toContain('left out')
    const rows = await queryRows(usher, `SELECT "emailKey" FROM "BatchRow" ORDER BY "batchId" DESC, "position" LIMIT 2`)
    expect(rows).toEqual([{ emailKey: 'ana@example.org' }, { emailKey: 'bjorn@example.org' }])
  })

  it.each([1, 500, 501, 10_000])('with %i rows', async (count) => {
    const preview = await giveFile(ada(), csv(`${HEADER}\n${addresses('row', count).join(',,,\n')},,,\n`))
    const people = count === 1 ? '1 person' : `${count.toLocaleString('en')} people`
    expect(preview.text).toContain(`${people} will be invited`)
  })

  it('and what is malformed or repeated in it is shown with its line, what was read, and why', async () => {
    const lines = ['ana@example.org,Ana', 'ana@', 'ANA@Example.org', '"Bob Stone <bob@example.org>",', ',Cleo']
    const preview = await giveFile(ada(), csv(`email,first name\n${lines.join('\n')}`))
    expect(preview.text).toContain('2 people will be invited')
    expect(preview.text).toContain('*3 rows will be left out*\n2 malformed · 1 repeated')
    expect(preview.text).toContain('Line 3: “ana@” This is not an e-mail address.')
    expect(preview.text).toContain('Line 4: “ANA@Example.org” This address stands in the list already')
    expect(preview.text).toContain(
      'Line 6: “, Cleo” There is no e-mail address here. Add one, or a first name and a last name',
    )
  })

  it('and of many such rows the first are shown and the others counted', async () => {
    const preview = await giveFile(ada(), csv(`email\nana@example.org\n${'no address\n'.repeat(25)}`))
    expect(preview.text.match(/Line \d+:/g)).toHaveLength(10)
    expect(preview.text).toContain('… and 15 more.')
  })

  it('and with nobody in it who can be invited there is nothing to send, but the way back', async () => {
    const preview = await giveFile(ada(), csv('email\nno address\n'))
    expect(preview.text).toContain('Nobody on this list can be taken.')
    expect(preview.submitText).toBeUndefined()
  })
})

describe('is refused in words of its own, and the form keeps what was chosen', () => {
  const big = Buffer.alloc(10 * 1024 * 1024 + 1, 'ana@example.org\n')
  const files: Record<string, [file: GivenFile, words: string]> = {
    'nothing in it': [csv(''), 'There is nobody in this file.'],
    'only a header': [csv(`${HEADER}\n`), 'There is nobody in this file.'],
    'only blank lines': [csv('\n \n;;\n'), 'There is nobody in this file.'],
    'a header without an e-mail column': [csv('department;phone\nHR;1\n'), 'No column of this file is called “email”'],
    '10,001 rows': [csv(addresses('row', 10_001).join('\n')), 'more than 10,000 people'],
    'one byte more than 10 MB': [csv(big), 'larger than 10 MB'],
    'a picture': [csv(Buffer.from('89504e470d0a1a0a0000', 'hex')), 'it seems to be a picture'],
    'a zip archive called .csv': [csv(Buffer.from('504b0304140000000000', 'hex')), 'a zip archive'],
    'letters of another alphabet': [csv(Buffer.from('ana@example.org,\xc0\xed\xe0', 'latin1')), 'Windows-1251'],
    'bytes that are no text': [csv(Buffer.from('ana@example.org\0\0\0')), 'no text at all'],
    'a quotation mark that is not closed': [csv('email,first name\nana@example.org,"Ana\n'), 'in line 2 is not closed'],
    'a saved web page': [csv('<!DOCTYPE html><html><body>Sign in</body></html>'), 'there came a web page'],
  }
  it.each(Object.entries(files))('%s', async (_, [file, words]) => {
    const batches = await queryRows(usher, 'SELECT count(*)::int AS n FROM "Batch"')
    const form = await giveFile(ada(), file, { Role: 'Team Lead', 'Personal note': 'See you on Monday' })
    expect(form.callbackId).toBe('list_form')
    expect(form.text).toContain(words)
    expect(form.values.role?.role?.selected_option?.value).toBe('team_lead')
    expect(form.values.userType?.userType?.selected_option?.value).toBe('team_member')
    expect(form.values.note?.note?.value).toBe('See you on Monday')
    // Nothing is kept of what was read until then.
    expect(await queryRows(usher, 'SELECT count(*)::int AS n FROM "Batch"')).toEqual(batches)

    await form.fill({ file: csv('mended@example.org') })
    expect((await afterReading(ada(), form)).text).toContain('1 person will be invited')
  })

  it('a file that is too large is not even asked for', async () => {
    usher.slack.faults.next('files-pri', { kind: 'error', error: 'it would be a web page' })
    expect((await giveFile(ada(), csv(big))).text).toContain('larger than 10 MB')
    usher.slack.faults.clear()
  })

  it('a login page in place of the file (20: recognised, and told)', async () => {
    usher.slack.faults.next('files-pri', { kind: 'error', error: 'sign in first' })
    const form = await giveFile(ada(), csv('ana@example.org'))
    expect(form.text).toContain('Instead of the file there came a web page')
  })

  it.each([404, 410])('a file that is gone before it was read (%i)', async (status) => {
    usher.slack.faults.next('files-pri', { kind: 'status', status })
    const form = await giveFile(ada(), csv('ana@example.org'))
    expect(form.text).toContain('The file is not there any more. Choose it again.')
  })

  it.each([{ kind: 'status', status: 503 } as const, { kind: 'lost_answer' } as const])(
    'a file host in trouble ($kind): with a number, and the form is there to try again',
    async (fault) => {
      usher.slack.faults.next('files-pri', fault)
      const form = await giveFile(ada(), csv(addresses('row', 5_000).join('\n')))
      expect(form.callbackId).toBe('list_form')
      expect(form.text).toMatch(/Something went wrong on our side and nothing was changed\..*number \w+/s)
    },
  )

  it('a file at an address that is not Slack’s: the token is not sent there', async () => {
    const form = await openList(ada())
    await form.fill({ file: csv('ana@example.org'), ...ACCESS })
    const file = form.values.file?.file?.files?.[0]
    Object.assign(file ?? {}, {
      url_private: 'https://evil.example/people.csv',
      url_private_download: 'https://evil.example/x',
    })
    expect((await afterReading(ada(), form)).text).toContain('The file is not there any more.')
  })
})

describe('the form', () => {
  it('wants addresses or a file', async () => {
    const form = await openList(ada())
    await form.fill(ACCESS)
    expect(await form.submit()).toEqual({ errors: { addresses: expect.stringContaining('Paste addresses') } })
    expect(form.isOpen).toBe(true)
  })

  it('wants not both, and keeps both', async () => {
    const form = await openList(ada())
    await form.fill({ Addresses: 'ana@example.org', file: csv('bob@example.org'), ...ACCESS })
    expect(await form.submit()).toEqual({ errors: { addresses: expect.stringContaining('not both') } })
    expect(form.values.addresses?.addresses?.value).toBe('ana@example.org')
    expect(form.values.file?.file?.files).toHaveLength(1)
  })

  it('wants a user type and a role, which are never chosen beforehand', async () => {
    const form = await openList(ada())
    await form.fill({ Addresses: 'ana@example.org' })
    const { errors } = await form.submit()
    expect(Object.keys(errors ?? {})).toEqual(['userType', 'role'])
  })

  it('has everything again after "Back" from what was pasted', async () => {
    const preview = await paste(ada(), 'Ana <ana@example.org>, ana@', { 'Personal note': 'Hello', Role: 'Team Lead' })
    await preview.click('Back')
    const form = await ada().waitForView('list_form')
    expect(form.values.addresses?.addresses?.value).toBe('Ana <ana@example.org>, ana@')
    expect(form.values.note?.note?.value).toBe('Hello')
    expect(form.values.role?.role?.selected_option?.value).toBe('team_lead')
    expect(form.text).toContain('1 address recognised, 1 not: ana@')
    await form.fill({ Addresses: 'ana@example.org, bob@example.org' })
    expect((await afterReading(ada(), form)).text).toContain('2 people will be invited')
  })

  it('has everything again after "Back" from a file, the file too', async () => {
    const preview = await giveFile(ada(), csv('ana@example.org\nbob@example.org', 'spring.csv'), { Role: 'Team Lead' })
    await preview.click('Back')
    const form = await ada().waitForView('list_form')
    expect(form.text).toContain('spring.csv is kept.')
    await form.fill({ Role: 'Employee' })
    const again = await afterReading(ada(), form)
    expect(again.text).toContain('2 people will be invited')
    expect(again.text).toContain('Team Member, Employee')

    await again.click('Back')
    const third = await ada().waitForView('list_form')
    await third.fill({ file: csv('cleo@example.org') })
    expect((await afterReading(ada(), third)).text).toContain('1 person will be invited')
  })

  it('takes what is pasted after "Back" in place of the file', async () => {
    const preview = await giveFile(ada(), csv('ana@example.org\nbob@example.org'))
    await preview.click('Back')
    const form = await ada().waitForView('list_form')
    await form.fill({ Addresses: 'dora@example.org' })
    expect((await afterReading(ada(), form)).text).toContain('1 person will be invited')
  })

  it('says so when the kept file is gone', async () => {
    const preview = await giveFile(ada(), csv('ana@example.org'))
    await preview.click('Back')
    const form = await ada().waitForView('list_form')
    usher.slack.faults.next('files.info', { kind: 'error', error: 'file_deleted' })
    expect((await afterReading(ada(), form)).text).toContain('The file is not there any more. Choose it again.')
  })

  it('counts the newest text of twenty changes at once', async () => {
    const form = await openList(ada())
    const all = addresses('typed', 20)
    await Promise.all(all.map((_, at) => form.fill({ Addresses: all.slice(0, at + 1).join(' ') })))
    await ada().waitForView((view) => view.text.includes('20 addresses recognised'))
    await form.fill({ Addresses: 'one@example.org' })
    await ada().waitForView((view) => view.text.includes('1 address recognised'))
  })

  it('is not brought back over the second step by a count that comes late', async () => {
    const form = await openList(ada())
    await form.fill({ Addresses: 'late@example.org', ...ACCESS })
    usher.slack.faults.next('views.update', { kind: 'slow', ms: 400 })
    const typing = form.fill({ Addresses: 'late@example.org, later@example.org' })
    const preview = await afterReading(ada(), form)
    await typing
    await until(async () =>
      expect(usher.slack.requests.findLast(({ method }) => method === 'views.update')?.answer).toBeDefined(),
    )
    expect(preview.callbackId).toBe('list_preview')
    expect(ada().view()?.callbackId).toBe('list_preview')
  })
})
