// The words of every message to an invitee, in Russian. Names stand in quotation marks, so that they need no case.
import type { Words } from './en.ts'

export const ru: Words = {
  locale: 'ru-RU',
  greeting: (firstName) => (firstName === '' ? 'Здравствуйте!' : `Здравствуйте, ${firstName}!`),
  invitation: {
    subject: ({ inviter, hub, organisation }) => `${inviter} приглашает вас в «${hub}» (${organisation})`,
    lead: ({ inviter, hub, organisation }) => `${inviter} приглашает вас присоединиться к «${hub}» (${organisation}).`,
    button: 'Принять приглашение',
  },
  addition: {
    subject: ({ hub, organisation }) => `Вам открыт доступ к «${hub}» (${organisation})`,
    lead: ({ inviter, hub, organisation }) =>
      `${inviter} открывает вам доступ к «${hub}» (${organisation}). Войдите с учётной записью, которая у вас уже есть.`,
    button: 'Войти',
  },
  validity: (until) => `Ссылка предназначена только для вас и сработает один раз. Срок действия: ${until}.`,
  noteFrom: (inviter) => `Сообщение от ${inviter}:`,
  address: 'Если кнопка не работает, скопируйте этот адрес в браузер:',
  unexpected: 'Если вы не ожидали этого письма, просто не отвечайте на него.',
}
