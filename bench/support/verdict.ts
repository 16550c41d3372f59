// What the table says of a figure: reached or not. Pure.
import type { Figure } from '../figure.ts'

/** Reads the goal's first number ("2,500 a second", "at most 30 ms", "≤ 30 ms"); undefined where there is no goal. */
export function isReached({ value, reach }: Pick<Figure, 'value' | 'reach'>): boolean | undefined {
  const [, atMost, number] = /^(at most |≤ )?([\d,.]*\d)/.exec(reach) ?? []
  if (number === undefined) return undefined
  const goal = Number(number.replaceAll(',', ''))
  return atMost ? value <= goal : value >= goal
}

/** The table, as it is printed. */
export function tableOf(figures: Figure[]): string {
  const rows = figures.map((figure) => [
    figure.name,
    `${inWords(figure.value)} ${figure.unit}`,
    figure.limit === undefined ? '' : `${inWords(figure.limit)} ${figure.unit}`,
    figure.ratio === undefined ? '' : figure.ratio.toFixed(2),
    figure.reach,
    verdictOn(figure),
  ])
  const lines = [['figure', 'measured', 'limit', 'ratio', 'to reach', ''], ...rows]
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? []
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function verdictOn(figure: Figure): string {
  const reached = isReached(figure)
  if (reached === undefined) return ''
  return reached ? 'reached' : 'not reached'
}

function inWords(value: number): string {
  return value.toLocaleString('en-GB', { maximumFractionDigits: value < 100 ? 1 : 0 })
}
