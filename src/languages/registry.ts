// The languages that Usher speaks, one line each. The first one is spoken where nothing says otherwise.
import { en } from './en.ts'
import { ru } from './ru.ts'
import type { Translation } from './translation.ts'

export const languages = { en, ru } satisfies Record<string, Translation>
