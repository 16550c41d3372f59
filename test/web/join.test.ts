// The sign-up page as people use it.
import { afterEach, describe, expect, it } from 'vitest'
import { Refusal, type RefusalCode, Refusals } from '../../src/refusal.ts'
import { goodForm, startWeb, type TestWeb } from './web-server.ts'

let web: TestWeb
afterEach(() => web.close())

function refusing(...refusals: [RefusalCode, string?][]) {
  return async () => {
    throw new Refusals(refusals.map(([code, field]) => new Refusal(code, field === undefined ? {} : { field })))
  }
}

describe('opening the link', () => {
  it('says who invites, into what, and until when in the time zone of the organisation', async () => {
    web = await startWeb()
    const { status, body } = await web.open()
    expect(status).toBe(200)
    expect(body).toContain('<bdi>Ada Admin</bdi> invites you to <bdi>Surgery</bdi> at <bdi>Acme Hospitals</bdi>.')
    expect(body).toMatch(/until <time datetime="2026-11-27T13:05:00.000Z">Friday,? 27 November 2026 at 14:05 CET/)
    expect(body).toContain('<html lang="en">')
    expect(body).toContain('<title>Join Acme Hospitals</title>')
  })

  it('fills in what is known, and shows the address without a name under which it could be sent', async () => {
    web = await startWeb({ page: { lastName: 'Díaz', mobile: '+447400123456' } })
    const { body } = await web.open()
    expect(body).toMatch(/<input id="email" type="email" value="ana@example.org" [^>]*readonly>/)
    expect(body).not.toContain('name="email"')
    expect(body).toMatch(/name="firstName" type="text" value="Ana" autocomplete="given-name"/)
    expect(body).toMatch(/name="lastName" type="text" value="Díaz" autocomplete="family-name"/)
    expect(body).toMatch(/name="mobile" type="tel" value="\+447400123456" autocomplete="tel"/)
    expect(body).toMatch(/name="password" type="password" value="" autocomplete="new-password"/)
  })

  it('speaks the language of the invitation, whatever the browser speaks', async () => {
    web = await startWeb({ page: { language: 'ru' } })
    const { body } = await web.open(undefined, { headers: { 'Accept-Language': 'en' } })
    expect(body).toContain('<html lang="ru">')
    expect(body).toContain('Создать учётную запись')
    expect(body).toContain('пятница, 27 ноября 2026')
  })

  it('shows the whole of the terms in a box that keyboards can scroll', async () => {
    web = await startWeb()
    const { body } = await web.open()
    expect(body).toMatch(/class="terms" role="region" aria-label="[^"]+" tabindex="0"><p dir="auto">Be kind.\n\nKeep/)
  })

  it('links to terms that are one https address, and only to such', async () => {
    web = await startWeb({ page: { terms: ' https://acme.example/terms?a=1&b=2 ' } })
    expect((await web.open()).body).toContain('href="https://acme.example/terms?a=1&amp;b=2" target="_blank"')
    await web.close()
    web = await startWeb({ page: { terms: 'javascript:alert(1)' } })
    const { body } = await web.open()
    expect(body).not.toContain('href="javascript')
    expect(body).toContain('<p dir="auto">javascript:alert(1)</p>')
  })

  it('says nothing of an end where there is none yet, and survives an unknown time zone', async () => {
    web = await startWeb({ page: { expiresAt: null } })
    expect((await web.open()).body).not.toContain('<time')
    await web.close()
    web = await startWeb({ page: { timeZone: 'Moon/Sea_of_Tranquility' } })
    expect((await web.open()).body).toContain('13:05 UTC')
  })

  it('shows names as text, whatever is in them', async () => {
    const nasty = `<script>alert(1)</script>"'&\u202E`
    web = await startWeb({
      page: {
        organisationName: nasty,
        hubName: nasty,
        inviterName: nasty,
        email: nasty,
        firstName: nasty,
        terms: nasty,
      },
    })
    const { body } = await web.open()
    expect(body).not.toContain('<script')
    expect(body).not.toContain(`"'&`)
    expect(body).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;')
  })
})

describe('sending the form', () => {
  it('accepts, and goes on to a page whose address holds nothing about anybody', async () => {
    web = await startWeb()
    const { status, headers, body } = await web.send(goodForm)
    expect(status).toBe(303)
    expect(headers.location).toBe('/welcome?language=en')
    expect(body).toBe('')
    expect(web.accepted).toEqual([
      {
        token: 'live-token',
        from: '127.0.0.1',
        form: {
          firstName: 'Ana',
          lastName: 'Diaz',
          mobile: '+44 7400 123456',
          password: 'tea at five, always',
          termsAgreed: true,
          termsVersion: 3,
          shown: '',
        },
      },
    ])
  })

  it('goes on in the language of the form', async () => {
    web = await startWeb({ page: { language: 'ru' } })
    const { headers } = await web.send({ ...goodForm, language: 'ru' })
    expect(headers.location).toBe('/welcome?language=ru')
    const { status, body } = await web.ask('/welcome?language=ru')
    expect(status).toBe(200)
    expect(body).toContain('Добро пожаловать')
  })

  it('keeps every character of a password, and takes control characters out of names', async () => {
    web = await startWeb()
    await web.send({ ...goodForm, firstName: 'A\u0000na\u0007', password: '  ÿ\u0000🦊 <&+%20 end  ' })
    expect(web.accepted[0]?.form).toMatchObject({ firstName: 'A na ', password: '  ÿ\u0000🦊 <&+%20 end  ' })
  })

  it('takes an empty form, one with fields twice, and one of another kind, for a form not filled in', async () => {
    web = await startWeb()
    await web.send({})
    const twice = 'firstName=a&firstName=b&password=1&password=2&termsVersion=x&termsAgreed=no'
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
    await web.ask('/join/live-token', { method: 'POST', headers, body: twice })
    const json = JSON.stringify({ firstName: 'Ana' })
    await web.ask('/join/live-token', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: json })
    const nothing = {
      firstName: '',
      lastName: '',
      mobile: '',
      password: '',
      termsAgreed: false,
      termsVersion: 0,
      shown: '',
    }
    expect(web.accepted.map(({ form }) => form)).toEqual([nothing, nothing, nothing])
  })
})

describe('a form that is refused', () => {
  const typed = { ...goodForm, firstName: 'A"na', lastName: '', mobile: '9051111111', password: 'short secret' }

  it('says what is wrong in a summary that takes the focus, and beside each field', async () => {
    web = await startWeb({ accept: refusing(['last_name_missing', 'lastName'], ['mobile_without_country', 'mobile']) })
    const { status, body } = await web.send(typed)
    expect(status).toBe(422)
    expect(body).toContain('<title>Error: Join Acme Hospitals</title>')
    expect(body).toMatch(/<div class="summary" role="alert" tabindex="-1" autofocus/)
    expect(body).toContain('<a href="#lastName">Enter your last name.</a>')
    expect(body).toContain('<p class="complaint" id="lastName-problem">Enter your last name.</p>')
    expect(body).toMatch(/id="lastName" [^>]*aria-describedby="lastName-problem" aria-invalid="true">/)
    expect(body).toMatch(/id="mobile" [^>]*aria-describedby="mobile-problem mobile-hint" aria-invalid="true">/)
    expect(body).not.toMatch(/id="firstName" [^>]*aria-invalid/)
    expect(body).toContain('Please type your password again')
  })

  it('keeps what was typed, the tick too, except the password', async () => {
    web = await startWeb({ accept: refusing(['last_name_missing', 'lastName']) })
    const { body } = await web.send(typed)
    expect(body).toContain('value="A&quot;na"')
    expect(body).toContain('value="9051111111"')
    expect(body).toMatch(/id="termsAgreed" [^>]* checked/)
    expect(body).not.toContain('short secret')
  })

  it('has words for every refusal, beside the right field, in both languages', async () => {
    const all: [RefusalCode, string, string, string][] = [
      ['first_name_missing', 'firstName', 'Enter your first name.', 'Введите имя.'],
      ['last_name_missing', 'lastName', 'Enter your last name.', 'Введите фамилию.'],
      ['name_too_long', 'firstName', 'This first name is too long. Shorten it.', 'Имя слишком длинное'],
      ['name_too_long', 'lastName', 'This last name is too long. Shorten it.', 'Фамилия слишком длинная'],
      ['mobile_malformed', 'mobile', 'This is not a mobile number', 'Это не похоже на номер'],
      ['mobile_without_country', 'mobile', 'Enter a phone number with its country code', 'Введите номер с кодом'],
      ['password_too_short', 'password', 'at least 12 characters', 'не меньше 12 символов'],
      ['password_too_long', 'password', 'at most 128 characters', 'не больше 128 символов'],
      ['password_common', 'password', 'easy to guess', 'легко угадать'],
      ['password_personal', 'password', 'made of your own or your organisation’s name', 'составлен из вашего имени'],
      ['terms_not_agreed', 'termsAgreed', 'Tick the box', 'Поставьте галочку'],
    ]
    for (const [code, field, english, russian] of all) {
      for (const [language, words] of [
        ['en', english],
        ['ru', russian],
      ] as const) {
        web = await startWeb({ page: { language }, accept: refusing([code, field]) })
        const { status, body } = await web.send({ ...goodForm, termsAgreed: '' })
        await web.close()
        expect(status).toBe(422)
        expect(body).toMatch(new RegExp(`id="${field}-problem">[^<]*${words}`))
        expect(body).toMatch(new RegExp(`<a href="#${field}">[^<]*${words}`))
      }
    }
    web = await startWeb()
  })

  it('says so when the terms changed in the meantime, and takes the tick away', async () => {
    web = await startWeb({ page: { termsVersion: 4 }, accept: refusing(['terms_not_agreed', 'termsAgreed']) })
    const { body } = await web.send(goodForm)
    expect(body).toContain('The terms have changed since you opened this page.')
    expect(body).not.toMatch(/id="termsAgreed" [^>]* checked/)
    expect(body).toContain('name="termsVersion" value="4"')
  })

  it('asks for a little patience when too many sign up at once, and keeps the form', async () => {
    web = await startWeb({
      accept: async () => {
        throw new Refusal('too_busy')
      },
    })
    const { status, headers, body } = await web.send(goodForm)
    expect(status).toBe(503)
    expect(headers['retry-after']).toBe('5')
    expect(body).toContain('Nothing is lost: wait a few seconds')
    expect(body).toContain('value="Diaz"')
    expect(body).toMatch(/id="termsAgreed" [^>]* checked/)
  })

  it('shows the dead link where the invitation ended while the form was filled in', async () => {
    web = await startWeb({
      accept: async () => {
        throw new Refusal('link_dead')
      },
    })
    const { status, body } = await web.send(goodForm)
    expect(status).toBe(404)
    expect(body).toContain('If you have just signed up, all is well: your account is ready.')
  })
})

describe('when something is wrong with Usher', () => {
  it('answers 503 with a reference number while the database is away, and the log has the cause', async () => {
    web = await startWeb({
      databaseIsAway: async () => true,
      accept: async () => {
        throw new Error('connect ECONNREFUSED')
      },
    })
    const { status, headers, body } = await web.send(goodForm)
    expect(status).toBe(503)
    expect(headers['retry-after']).toBe('30')
    const [, reference] = body.match(/<strong>([0-9A-Z]{8})<\/strong>/) ?? []
    expect(web.logged).toEqual([
      {
        text: 'A web request failed',
        details: { reference, method: 'POST', route: '/join/:token', err: new Error('connect ECONNREFUSED') },
      },
    ])
  })

  it('answers 500 in words for a bug, also one outside the sign-up', async () => {
    web = await startWeb()
    const { status, body } = await web.ask('/broken', { headers: { 'Accept-Language': 'ru-RU,ru;q=0.9,en;q=0.5' } })
    expect(status).toBe(500)
    expect(body).toContain('Номер ошибки')
    expect(body).not.toContain('a bug')
  })

  it('treats a refusal that no form can mend as a bug, not as silence', async () => {
    web = await startWeb({ accept: refusing(['may_not_invite']) })
    expect((await web.send(goodForm)).status).toBe(500)
  })
})
