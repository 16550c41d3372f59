// Why a file of people could not be read at all; each door has its own sentence for each.

/** What a file that is no list seems to be. */
export type SeemsToBe =
  | 'excel'
  | 'zip'
  | 'pdf'
  | 'word'
  | 'open_document'
  | 'picture'
  | 'rtf'
  | 'gzip'
  | 'xml'
  | 'binary'

type Details = {
  /** Bytes. */
  too_large: { most: number }
  /** `blank` when it is lines that say nothing which are too many. */
  too_many_rows: { most: number; blank: boolean }
  empty: Record<never, never>
  not_text: { seems: SeemsToBe }
  web_page: Record<never, never>
  /** An encoding's usual name, or '' where it cannot be told. */
  encoding: { looksLike: string }
  /** What the columns are called, cut short. */
  no_email_column: { columns: string }
  unclosed_quote: { line: number }
  /** Characters of a cell; a row has at most twice as many. */
  cell_too_long: { line: number; most: number }
}

export type UnreadableCode = keyof Details
export type UnreadableReason = { [Code in UnreadableCode]: { code: Code; detail: Details[Code] } }[UnreadableCode]

/** The whole file is refused; nothing of it may be used, whatever was read before. */
export class UnreadableList extends Error {
  readonly reason: UnreadableReason

  constructor(reason: UnreadableReason) {
    super(reason.code)
    this.name = 'UnreadableList'
    this.reason = reason
  }

  get code(): UnreadableCode {
    return this.reason.code
  }

  get detail(): UnreadableReason['detail'] {
    return this.reason.detail
  }
}
