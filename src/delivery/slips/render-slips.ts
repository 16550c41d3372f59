// Activation slips on paper: a PDF of A4 pages, eight slips a page, with marks to cut along. Written page by page.
import { createRequire } from 'node:module'
import QRCode from 'qrcode'
import { type Language, translationOf } from '../../languages/index.ts'

export type Slip = {
  name: string
  userName: string
  hubName: string
  organisationName: string
  language: Language
  timeZone: string
  code: string
  expiresAt: Date
}

const FONTS = '@expo-google-fonts/noto-sans'
const require = createRequire(import.meta.url)
const REGULAR = require.resolve(`${FONTS}/400Regular/NotoSans_400Regular.ttf`)
const BOLD = require.resolve(`${FONTS}/700Bold/NotoSans_700Bold.ttf`)

// In points, 72 to an inch: A4 is 595 by 842.
const PAGE = { width: 595.28, height: 841.89, margin: 24 }
const COLUMNS = 2
const ROWS = 4
const SLIP = {
  width: (PAGE.width - 2 * PAGE.margin) / COLUMNS,
  height: (PAGE.height - 2 * PAGE.margin) / ROWS,
  inner: 14,
}
const PICTURE = 96
const MARK = 8
export const SLIPS_A_PAGE = COLUMNS * ROWS

/**
 * Draws slips, each with its code as text and as a picture that opens the page with the code filled in. `base`: the public
 * address of the installation. The slips are drawn one after the other; at most a page of them is in memory beside the file.
 */
export async function renderSlips(slips: Iterable<Slip> | AsyncIterable<Slip>, base: string): Promise<Buffer> {
  // Loaded with the first slip, so that no start waits for it.
  const { default: PDFDocument } = await import('pdfkit')
  const document = new PDFDocument({
    size: 'A4',
    margin: 0,
    autoFirstPage: false,
    info: { Title: 'Activation slips', Creator: 'Usher' },
    lang: 'en',
  })
  document.registerFont('regular', REGULAR).registerFont('bold', BOLD)
  const pieces: Buffer[] = []
  document.on('data', (piece: Buffer) => pieces.push(piece))
  const ended = new Promise<void>((resolve, reject) => document.once('end', resolve).once('error', reject))
  let index = 0
  for await (const slip of slips) {
    if (index % SLIPS_A_PAGE === 0) {
      document.addPage()
      drawMarks(document)
    }
    const place = index % SLIPS_A_PAGE
    await drawSlip(document, slip, {
      base,
      left: PAGE.margin + (place % COLUMNS) * SLIP.width,
      top: PAGE.margin + Math.floor(place / COLUMNS) * SLIP.height,
    })
    index += 1
  }
  if (index === 0) document.addPage()
  document.end()
  await ended
  return Buffer.concat(pieces)
}

type Place = { base: string; left: number; top: number }

async function drawSlip(document: PDFKit.PDFDocument, slip: Slip, { base, left, top }: Place): Promise<void> {
  const { slip: words, locale } = translationOf(slip.language)
  const address = `${base.replace(/\/+$/, '')}/activate`
  const x = left + SLIP.inner
  const width = SLIP.width - 2 * SLIP.inner
  const beside = width - PICTURE - 10
  const picture = await QRCode.toBuffer(`${address}/${slip.code}`, { type: 'png', width: 400, margin: 2 })
  const date = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: slip.timeZone }).format(slip.expiresAt)
  document.image(picture, left + SLIP.width - SLIP.inner - PICTURE, top + SLIP.inner, { width: PICTURE })
  const line = (text: string, y: number, options: Line) => writeLine(document, text, { ...options, x, y })
  line(words.title, top + SLIP.inner, { font: 'regular', size: 8, width: beside, lines: 1 })
  line(slip.name, top + SLIP.inner + 11, { font: 'bold', size: 12, width: beside, lines: 2 })
  const names = { hub: slip.hubName, organisation: slip.organisationName }
  line(words.forPerson(names), top + SLIP.inner + 45, { font: 'regular', size: 8, width: beside, lines: 3 })
  line(words.userName, top + SLIP.inner + 76, { font: 'regular', size: 8, width: beside, lines: 1 })
  line(slip.userName, top + SLIP.inner + 86, { font: 'bold', size: 9.5, width: beside, lines: 1 })
  line(words.code, top + SLIP.inner + 101, { font: 'regular', size: 8, width, lines: 1 })
  line(slip.code, top + SLIP.inner + 111, { font: 'bold', size: 15, width, lines: 1 })
  line(words.how, top + SLIP.inner + 131, { font: 'regular', size: 7.5, width, lines: 1 })
  const typed = address.replace(/^https:\/\//, '')
  const size = sizeThatFits(document, typed, { font: 'bold', size: 9.5, width })
  line(typed, top + SLIP.inner + 141, { font: 'bold', size, width, lines: 1 })
  line(`${words.until(date.replace(/\.$/, ''))} ${words.keep}`, top + SLIP.inner + 156, {
    font: 'regular',
    size: 7.5,
    width,
    lines: 2,
  })
}

/** An address is never cut: a long one is written smaller. */
function sizeThatFits(document: PDFKit.PDFDocument, text: string, most: Omit<Line, 'lines'>): number {
  const needed = document.font(most.font).fontSize(most.size).widthOfString(text)
  return needed <= most.width ? most.size : (most.size * (most.width - 1)) / needed
}

type Line = { font: 'regular' | 'bold'; size: number; width: number; lines: number }

/** Text that is cut with an ellipsis where its place ends: a long name never runs into the next slip. */
function writeLine(document: PDFKit.PDFDocument, text: string, { font, size, width, lines, x, y }: Line & Point): void {
  document.font(font).fontSize(size).fillColor('#111111')
  const height = document.heightOfString('Xy', { width }) * lines
  document.text(text, x, y, { width, height, ellipsis: true })
}

type Point = { x: number; y: number }

/** Short strokes at the corners of every slip. */
function drawMarks(document: PDFKit.PDFDocument): void {
  document.lineWidth(0.5).strokeColor('#888888')
  for (let column = 0; column <= COLUMNS; column += 1) {
    for (let row = 0; row <= ROWS; row += 1) {
      const x = PAGE.margin + column * SLIP.width
      const y = PAGE.margin + row * SLIP.height
      document
        .moveTo(x - MARK, y)
        .lineTo(x + MARK, y)
        .stroke()
      document
        .moveTo(x, y - MARK)
        .lineTo(x, y + MARK)
        .stroke()
    }
  }
}
