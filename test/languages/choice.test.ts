// Which language a page is shown in, of whoever is not known: the browser's, else the organisation's.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startWeb, type TestWeb } from '../web/web-server.ts'

const languageOf = (body: string) => /<html lang="([^"]+)"/.exec(body)?.[1]

describe('a page of somebody who is not known', () => {
  let web: TestWeb
  beforeAll(async () => {
    web = await startWeb({ page: { language: 'ru' }, registration: { language: 'ru' }, usualLanguage: 'ru' })
  })
  afterAll(() => web.close())

  const ask = async (path: string, wishes?: string) => {
    const { body } = await web.ask(path, { headers: wishes === undefined ? {} : { 'Accept-Language': wishes } })
    return languageOf(body)
  }

  it.each([
    ['ru', 'ru'],
    ['ru-RU', 'ru'],
    ['RU-ru, en;q=0.9', 'ru'],
    ['en;q=0.4, ru;q=0.8', 'ru'],
    ['ru;q=0.1, en-US;q=0.3', 'en'],
    ['qaa, qab;q=0.9, en;q=0.2, ru;q=0.1', 'en'],
    ['en, ru;q=0', 'en'],
  ])('is in the dearest language of a browser that wishes for %s', async (wishes, expected) => {
    expect(await ask('/activate', wishes)).toBe(expected)
  })

  it.each([undefined, '*', 'qaa', 'qaa-QM, qaa;q=0.9', 'en;q=0', '<script>', ',;q=,'])(
    'is in the language of the organisation where the browser wishes for %s',
    async (wishes) => {
      for (const path of ['/sign-in', '/activate', '/forgot', '/nowhere', '/join/dead', '/welcome', '/broken']) {
        expect(await ask(path, wishes), path).toBe('ru')
      }
    },
  )

  it('of a registration link is in the language of the browser, else of its organisation', async () => {
    expect(await ask('/register/live-token', 'en')).toBe('en')
    expect(await ask('/register/live-token', 'qaa')).toBe('ru')
  })

  it('of an invitation is in the language of the invitation, whatever the browser wishes for', async () => {
    expect(await ask('/join/live-token', 'en')).toBe('ru')
  })
})
