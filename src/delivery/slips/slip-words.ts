// What an activation slip says, one entry a language. Pure.
import type { Delivery } from '../../invitations/index.ts'

export type SlipWords = {
  locale: string
  title: string
  forPerson: (names: { hub: string; organisation: string }) => string
  userName: string
  code: string
  how: (address: string) => string
  until: (date: string) => string
  keep: string
}

export const SLIP_WORDS: Record<Delivery['language'], SlipWords> = {
  en: {
    locale: 'en-GB',
    title: 'Your access',
    forPerson: ({ hub, organisation }) => `You are invited to ${hub} at ${organisation}.`,
    userName: 'User name',
    code: 'Code',
    how: (address) => `Scan the picture with your telephone, or open ${address} and type the code.`,
    until: (date) => `The code works once, until ${date}.`,
    keep: 'It is for you alone. Lost it? Ask whoever gave it to you for a new one.',
  },
  ru: {
    locale: 'ru-RU',
    title: 'Ваш доступ',
    forPerson: ({ hub, organisation }) => `Вас приглашают в «${hub}» (${organisation}).`,
    userName: 'Имя пользователя',
    code: 'Код',
    how: (address) => `Наведите камеру телефона на картинку или откройте ${address} и введите код.`,
    until: (date) => `Код сработает один раз, до ${date}.`,
    keep: 'Он только для вас. Потеряли? Попросите новый у того, кто его выдал.',
  },
}
