// From a manifest to text that a person can read and paste. Only what a manifest is made of: objects, lists, texts,
// numbers and booleans. Every text that is not plain is written as JSON, which YAML takes as it is.

type Value = string | number | boolean | readonly Value[] | { readonly [key: string]: Value | undefined }

// Words that YAML 1.1 or 1.2 would read as something else than a text.
const notPlain = /^(y|n|yes|no|on|off|true|false|null|~)$/i

const scalar = (value: string | number | boolean) => {
  if (typeof value !== 'string') return String(value)
  const plain =
    /^[A-Za-z_/]([A-Za-z0-9 ._/,()-]|:(?=[^ ]))*$/.test(value) && !value.endsWith(' ') && !notPlain.test(value)
  return plain ? value : JSON.stringify(value)
}

const isList = (value: Value): value is readonly Value[] => Array.isArray(value)

/** Gives the value as block-style YAML, each line ended by a line break. Fields that are undefined are left out. */
export function toYaml(value: Value): string {
  return `${lines(value).join('\n')}\n`
}

function lines(value: Value): string[] {
  if (typeof value !== 'object') return [scalar(value)]
  if (isList(value)) {
    if (value.length === 0) return ['[]']
    return value.flatMap((item) => lines(item).map((line, index) => `${index === 0 ? '- ' : '  '}${line}`))
  }
  const fields = Object.entries(value).flatMap(([key, field]) => (field === undefined ? [] : linesOfField(key, field)))
  return fields.length === 0 ? ['{}'] : fields
}

function linesOfField(key: string, value: Value): string[] {
  const [first = '', ...more] = lines(value)
  const isBlock = typeof value === 'object' && first !== '[]' && first !== '{}'
  return isBlock ? [`${scalar(key)}:`, ...[first, ...more].map((line) => `  ${line}`)] : [`${scalar(key)}: ${first}`]
}
