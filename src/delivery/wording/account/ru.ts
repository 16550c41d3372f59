// The words of letters about somebody's own account, in Russian. Names stand in quotation marks or after a colon, so
// that they need no case.
import type { AccountWords, Told } from './en.ts'

const FACTORS: Record<string, string> = {
  app: 'приложение с кодами',
  email: 'коды по электронной почте',
  sms: 'коды по SMS',
}
const factorIn = ({ detail }: Told) => FACTORS[detail] ?? 'второй фактор'

const nothingToDo = () => 'Если это сделали вы, ничего делать не нужно.'
const changeYourPassword =
  'Если это были не вы, в вашу учётную запись мог войти кто-то другой: сразу выберите «Забыли пароль?» на странице входа и сообщите администратору вашей организации.'
const ifNotYou = 'Не вы? Сразу сообщите администратору.'

export const ru: AccountWords = {
  locale: 'ru-RU',
  greeting: (firstName) => (firstName === '' ? 'Здравствуйте!' : `Здравствуйте, ${firstName}!`),
  address: 'Если кнопка не работает, скопируйте этот адрес в браузер:',
  messages: {
    code: {
      subject: ({ organisation }) => `Ваш код (${organisation})`,
      lead: ({ organisation }) => `Это ваш код для «${organisation}». Введите его на странице, которая его запросила:`,
      next: ({ until }) =>
        `Код сработает один раз. Срок действия: ${until}. Никто и никогда не попросит вас назвать его по телефону или в сообщении.`,
      notYou: () =>
        'Если вы не запрашивали код, кто-то может знать ваш пароль: никому не называйте код и смените пароль.',
      text: ({ organisation, code }) => `${code} - ваш код (${organisation}). Никому его не называйте.`,
    },
    password_reset: {
      subject: ({ organisation }) => `Новый пароль (${organisation})`,
      lead: ({ organisation }) =>
        `Кто-то, скорее всего вы, попросил новый пароль для вашей учётной записи в «${organisation}».`,
      next: ({ until }) => `Ссылка предназначена только для вас и сработает один раз. Срок действия: ${until}.`,
      button: 'Выбрать новый пароль',
      notYou: () => 'Если вы об этом не просили, просто не отвечайте на это письмо: пароль останется прежним.',
      text: ({ organisation, url }) => `Новый пароль (${organisation}), 30 минут: ${url}`,
    },
    password_changed: {
      subject: ({ organisation }) => `Ваш пароль изменён (${organisation})`,
      lead: ({ organisation }) =>
        `Пароль вашей учётной записи в «${organisation}» изменён. Все, кто входил в неё в других местах, больше в неё не входят.`,
      next: nothingToDo,
      notYou: () => changeYourPassword,
      text: ({ organisation }) => `Ваш пароль изменён (${organisation}). ${ifNotYou}`,
    },
    factor_added: {
      subject: ({ organisation }) => `Добавлен второй фактор (${organisation})`,
      lead: (told) => `Для вашей учётной записи в «${told.organisation}» добавлен второй фактор: ${factorIn(told)}.`,
      next: nothingToDo,
      notYou: () => changeYourPassword,
      text: (told) => `${told.organisation}: добавлен второй фактор (${factorIn(told)}). ${ifNotYou}`,
    },
    factor_removed: {
      subject: ({ organisation }) => `Удалён второй фактор (${organisation})`,
      lead: (told) => `Для вашей учётной записи в «${told.organisation}» удалён второй фактор: ${factorIn(told)}.`,
      next: nothingToDo,
      notYou: () => changeYourPassword,
      text: (told) => `${told.organisation}: удалён второй фактор (${factorIn(told)}). ${ifNotYou}`,
    },
    factors_reset: {
      subject: ({ organisation }) => `Ваши вторые факторы сброшены (${organisation})`,
      lead: ({ organisation }) =>
        `Администратор удалил вторые факторы и коды восстановления вашей учётной записи в «${organisation}» и завершил все ваши сеансы.`,
      next: () => 'Войдите с паролем. Если ваша организация требует второй фактор, вам предложат его настроить.',
      notYou: () => 'Если вы не просили об этом администратора, сразу сообщите в вашу организацию.',
      text: ({ organisation }) => `Администратор сбросил вторые факторы (${organisation}). Не просили? Сообщите ему.`,
    },
    recovery_code_used: {
      subject: ({ organisation }) => `Использован код восстановления (${organisation})`,
      lead: ({ organisation, detail }) =>
        `Кто-то, скорее всего вы, вошёл в вашу учётную запись в «${organisation}» с кодом восстановления. Осталось кодов: ${detail}.`,
      next: () => 'Если их мало, создайте новые в учётной записи и настройте второй фактор, который всегда под рукой.',
      notYou: () => changeYourPassword,
      text: ({ organisation, detail }) =>
        `Использован код восстановления (${organisation}), осталось: ${detail}. ${ifNotYou}`,
    },
    recovery_codes_renewed: {
      subject: ({ organisation }) => `Новые коды восстановления (${organisation})`,
      lead: ({ organisation }) =>
        `Для вашей учётной записи в «${organisation}» созданы новые коды восстановления. Прежние больше не действуют.`,
      next: nothingToDo,
      notYou: () => changeYourPassword,
      text: ({ organisation }) => `Созданы новые коды восстановления (${organisation}). ${ifNotYou}`,
    },
    mobile_changed: {
      subject: ({ organisation }) => `Ваш номер телефона изменён (${organisation})`,
      lead: ({ organisation }) => `Номер мобильного телефона вашей учётной записи в «${organisation}» изменён.`,
      next: nothingToDo,
      notYou: () => changeYourPassword,
      text: ({ organisation }) => `Номер телефона изменён (${organisation}). ${ifNotYou}`,
    },
    email_changed: {
      subject: ({ organisation }) => `Ваш адрес электронной почты изменён (${organisation})`,
      lead: ({ organisation }) =>
        `Ваша организация указала для вашей учётной записи в «${organisation}» другой адрес электронной почты. Теперь вы входите с ним, и сообщения приходят на него.`,
      next: () => 'Если вы об этом знаете, ничего делать не нужно.',
      notYou: () => 'Если вы об этом не знаете, сразу сообщите администратору вашей организации.',
      text: ({ organisation }) => `Адрес электронной почты изменён (${organisation}). ${ifNotYou}`,
    },
  },
}
