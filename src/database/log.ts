// What the database house needs of a log: pino has it, and a test can have it in three lines.

export type Log = {
  info(data: object, text: string): void
  warn(data: object, text: string): void
  error(data: object, text: string): void
}
