// The one stylesheet and the icon: read once, and named by what is in them, so that browsers may keep them for good.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

const css = readFileSync(new URL('./style.css', import.meta.url))
const version = createHash('sha256').update(css).digest('base64url').slice(0, 12)

export const stylesheet = { address: `/style.css?v=${version}`, version, body: css }

export const icon = { body: readFileSync(new URL('./favicon.svg', import.meta.url)) }
