// A mail server's refusal in words, the same whether it was said at once or came back later by mail. Pure.

export type RefusedRecipient = {
  /** The enhanced status (RFC 3463), "5.1.1". */
  status?: string | undefined
  /** The reply code of SMTP, 550. */
  responseCode?: number | undefined
  /** Who refused; our own mail server where it is not said. */
  by?: string
}

const ANSWER_LIMIT = 200

/** What a server had against a recipient: half a sentence, to which what it said itself is added. */
export function aboutRecipient({ status, responseCode, by = 'The mail server' }: RefusedRecipient): string {
  const isForNow = responseCode === undefined ? status?.startsWith('4.') : responseCode < 500
  if (status?.endsWith('.2.2') || responseCode === 552) return 'The mailbox is full'
  if (status?.endsWith('.2.1')) return 'The mailbox does not take mail'
  if (status === '5.1.2' || status === '5.4.4') return 'The domain of this address does not take mail'
  if (status?.startsWith('5.7.') || responseCode === 530) return `${by} does not send to this address for us`
  if (status === undefined ? responseCode === 550 : /^5\.1\.([0136]|10)$/.test(status)) {
    return `${by} does not know this address`
  }
  return isForNow ? `${by} does not take mail for this address now` : 'The address was refused'
}

/** One line of a server's answer without links and control characters, shortened. */
export function cleaned(text: string, limit = ANSWER_LIMIT): string {
  const line = text
    .replace(/\b[a-z][a-z0-9+.-]*:\/\/\S*|\bwww\.\S+|\S*\/join\/\S*/gi, '')
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .replace(/[\s.]+$/, '')
    .trim()
  const characters = Array.from(line)
  return characters.length <= limit ? line : `${characters.slice(0, limit - 1).join('')}…`
}
