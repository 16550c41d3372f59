// The words of every message to an invitee, in Russian. Names stand in quotation marks, so that they need no case.
import type { Words } from './en.ts'

export const ru: Words = {
  locale: 'ru-RU',
  greeting: (firstName) => (firstName === '' ? 'Здравствуйте!' : `Здравствуйте, ${firstName}!`),
  invitation: {
    subject: ({ inviter, hub, organisation }) => `${inviter} приглашает вас в «${hub}» (${organisation})`,
    lead: ({ inviter, hub, organisation }) => `${inviter} приглашает вас присоединиться к «${hub}» (${organisation}).`,
    button: 'Принять приглашение',
    text: ({ inviter, hub, organisation }, { url, until }) => [
      `${inviter} приглашает вас в «${hub}» (${organisation}) до ${until}: ${url}`,
      `${inviter} приглашает: ${organisation}, до ${until}: ${url}`,
    ],
  },
  addition: {
    subject: ({ hub, organisation }) => `Вам открыт доступ к «${hub}» (${organisation})`,
    lead: ({ inviter, hub, organisation }) =>
      `${inviter} открывает вам доступ к «${hub}» (${organisation}). Он уже открыт для вашей учётной записи: ничего делать не нужно.`,
    button: 'Войти',
    isLasting: true,
    text: ({ inviter, hub, organisation }) => [
      `${inviter} открывает вам доступ к «${hub}» (${organisation}). Ничего делать не нужно.`,
    ],
  },
  registration: {
    subject: ({ hub, organisation }) => `Регистрация в «${hub}» (${organisation})`,
    lead: ({ hub, organisation }) =>
      `Вы хотели зарегистрироваться в «${hub}» (${organisation}). Остался один шаг: откройте ссылку и создайте учётную запись.`,
    button: 'Создать учётную запись',
    unexpected:
      'Если это были не вы, кто-то указал ваш адрес. Просто не отвечайте на это письмо: ничего не произойдёт.',
    text: ({ hub, organisation }, { url, until }) => [
      `Регистрация в «${hub}» (${organisation}) до ${until}: ${url}`,
      `Регистрация: ${organisation}, до ${until}: ${url}`,
    ],
  },
  account_exists: {
    subject: ({ organisation }) => `У вас уже есть учётная запись (${organisation})`,
    lead: ({ hub, organisation }) =>
      `Вы хотели зарегистрироваться в «${hub}» (${organisation}), но у этого адреса там уже есть учётная запись, и ничего не изменилось. Если «${hub}» вам не видно, попросите пригласить вас тех, кто там работает.`,
    button: 'Войти',
    isLasting: true,
    unexpected:
      'Если это были не вы, кто-то указал ваш адрес. Просто не отвечайте на это письмо: ничего не изменилось.',
    text: ({ organisation }) => [`У вас уже есть учётная запись (${organisation}). Ничего не изменилось.`],
  },
  reminder: {
    subject: ({ inviter, hub, organisation }) => `Напоминание: ${inviter} приглашает вас в «${hub}» (${organisation})`,
    lead: ({ inviter, hub, organisation }) =>
      `Напоминаем: ${inviter} приглашает вас присоединиться к «${hub}» (${organisation}), а ответа от вас пока нет. Всё, что для него нужно, ниже, то же, что и в первом письме.`,
    button: 'Принять приглашение',
    text: ({ inviter, hub, organisation }, { url, until }) => [
      `Напоминание: ${inviter} приглашает вас в «${hub}» (${organisation}) до ${until}: ${url}`,
      `Напоминание: ${inviter} приглашает, ${organisation}, до ${until}: ${url}`,
    ],
  },
  registration_reminder: {
    subject: ({ hub, organisation }) => `Напоминание: регистрация в «${hub}» (${organisation})`,
    lead: ({ hub, organisation }) =>
      `Напоминаем: вы хотели зарегистрироваться в «${hub}» (${organisation}). Остался один шаг: откройте ссылку и создайте учётную запись. Ссылка та же, что и в первом письме.`,
    button: 'Создать учётную запись',
    unexpected:
      'Если это были не вы, кто-то указал ваш адрес. Просто не отвечайте на это письмо: ничего не произойдёт.',
    text: ({ hub, organisation }, { url, until }) => [
      `Напоминание: регистрация в «${hub}» (${organisation}) до ${until}: ${url}`,
      `Напоминание: регистрация, ${organisation}, до ${until}: ${url}`,
    ],
  },
  reminded: 'Напоминание: ',
  credentials: {
    lead: 'Войдите с этим именем пользователя и одноразовым паролем. После этого вы выберете свой пароль.',
    userName: 'Имя пользователя',
    password: 'Одноразовый пароль',
    button: 'Войти',
    validity: (until) =>
      `Пароль предназначен только для вас. Он действует до ${until} и только пока вы не выбрали свой.`,
    text: ({ inviter, organisation }, { url, until, userName, password }) => [
      `${inviter} приглашает вас: ${organisation}. Вход до ${until}: ${url} Имя ${userName}, пароль ${password}`,
      `${organisation}: ${url} имя ${userName}, пароль ${password}, до ${until}`,
    ],
  },
  validity: (until) => `Ссылка предназначена только для вас и сработает один раз. Срок действия: ${until}.`,
  noteFrom: (inviter) => `Сообщение от ${inviter}:`,
  also: ({ hub, inviter }) =>
    inviter ? `${inviter} приглашает вас также в «${hub}»: ссылка та же.` : `Та же ссылка открывает вам и «${hub}».`,
  address: 'Если кнопка не работает, скопируйте этот адрес в браузер:',
  unexpected: 'Если вы не ожидали этого письма, просто не отвечайте на него.',
}
