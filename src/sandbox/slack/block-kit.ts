// Slack's Block Kit limits as a pure function: what Slack would refuse in a message, a modal or a Home tab, and where.
import {
  all,
  anything,
  atLeastOne,
  type BlockKitProblem,
  boolean,
  byType,
  type Check,
  type CheckContext,
  integer,
  isRecord,
  list,
  object,
  oneOf,
  onlyOn,
  rule,
  type Shape,
  type Surface,
  string,
} from './block-kit-checks.ts'
import {
  choices,
  element,
  elementChecks,
  imageFields,
  multiSelects,
  plainText,
  singleSelects,
  text,
} from './block-kit-elements.ts'

export type { BlockKitProblem, Surface } from './block-kit-checks.ts'

/** Slack refuses a view whose JSON is larger than this many bytes (`view_too_large`). */
export const maximumViewBytes = 250_000
const maximumBlocks: Record<Surface, number> = { message: 50, modal: 100, home: 100 }

const base: Shape = { type: anything }
const identified: Shape = { block_id: string(255, 0) }
const pickers = ['checkboxes', 'datepicker', 'overflow', 'radio_buttons', 'timepicker', 'workflow_button', 'button']
const cell = byType({
  raw_text: object({ type: anything, text: string(3000, 0) }),
  raw_number: object({ type: anything, value: anything, text: string(3000, 0) }),
  rich_text: (value, pointer, context) => blockChecks.rich_text?.(value, pointer, context),
})

const blockChecks: Record<string, Check> = {
  section: object(
    base,
    {
      ...identified,
      text: text(3000),
      fields: list(text(2000), { min: 1, max: 10 }),
      accessory: element(...pickers, 'image', ...singleSelects, ...multiSelects),
      expand: boolean,
    },
    atLeastOne('text', 'fields'),
  ),
  header: object({ ...base, text: plainText(150) }, { ...identified, level: integer(1, 4) }),
  divider: object(base, identified),
  actions: object(
    {
      ...base,
      elements: list(element(...pickers, 'datetimepicker', 'rich_text_input', ...singleSelects, ...multiSelects), {
        min: 1,
        max: 25,
      }),
    },
    identified,
  ),
  context: object(
    {
      ...base,
      elements: list(byType({ image: elementChecks.image ?? anything, plain_text: text(3000), mrkdwn: text(3000) }), {
        min: 1,
        max: 10,
      }),
    },
    identified,
  ),
  image: object(
    imageFields.required,
    { ...imageFields.optional, ...identified, title: plainText(2000) },
    imageFields.extra,
  ),
  input: object(
    {
      ...base,
      label: plainText(2000),
      element: element(
        'checkboxes',
        'datepicker',
        'datetimepicker',
        'email_text_input',
        'file_input',
        'number_input',
        'plain_text_input',
        'radio_buttons',
        'rich_text_input',
        'timepicker',
        'url_text_input',
        ...singleSelects,
        ...multiSelects,
      ),
    },
    { ...identified, hint: plainText(2000), optional: boolean, dispatch_action: boolean },
    rule(
      (block) => !(block.dispatch_action === true && isRecord(block.element) && block.element.type === 'file_input'),
      'dispatch_action is not allowed with file_input',
    ),
  ),
  rich_text: object(
    {
      ...base,
      elements: list(
        byType({
          rich_text_section: anything,
          rich_text_list: anything,
          rich_text_quote: anything,
          rich_text_preformatted: anything,
        }),
        { min: 1, max: 1000 },
      ),
    },
    identified,
  ),
  video: object(
    {
      ...base,
      video_url: string(3000),
      thumbnail_url: string(3000),
      alt_text: string(2000),
      title: plainText(200),
    },
    {
      ...identified,
      title_url: string(3000),
      author_name: string(50),
      provider_name: string(3000),
      provider_icon_url: string(3000),
      description: plainText(200),
    },
  ),
  markdown: onlyOn(['message'], object({ ...base, text: string(12_000) }, identified)),
  alert: onlyOn(
    ['modal'],
    object(
      { ...base, text: text(200) },
      { ...identified, level: oneOf('default', 'info', 'warning', 'error', 'success') },
    ),
  ),
  table: onlyOn(
    ['message'],
    object(
      { ...base, rows: list(list(cell, { min: 1, max: 20 }), { min: 1, max: 100 }) },
      {
        ...identified,
        column_settings: list(object({}, { align: oneOf('left', 'center', 'right'), is_wrapped: boolean }), {
          min: 1,
          max: 20,
        }),
      },
    ),
  ),
  data_table: onlyOn(
    ['message', 'home'],
    object(
      { ...base, caption: string(3000), rows: list(list(cell, { min: 1, max: 20 }), { min: 1, max: 101 }) },
      { ...identified, page_size: integer(1, 100), row_header_column_index: integer(0, 19) },
    ),
  ),
}

const viewFields: Shape = {
  ...identified,
  private_metadata: string(3000, 0),
  callback_id: string(255, 0),
  external_id: string(255, 0),
}
const viewChecks: Record<string, Check> = {
  modal: object(
    { type: anything, title: plainText(24), blocks: anything },
    {
      ...viewFields,
      submit: plainText(24),
      close: plainText(24),
      clear_on_close: boolean,
      notify_on_close: boolean,
      submit_disabled: boolean,
    },
    rule(
      (view) => view.submit !== undefined || !blocksOf(view).some((block) => block.type === 'input'),
      'missing required field: submit (a view with input blocks needs it)',
    ),
  ),
  home: object({ type: anything, blocks: anything }, viewFields),
}

function blocksOf(view: Record<string, unknown>): Record<string, unknown>[] {
  return Array.isArray(view.blocks) ? view.blocks.filter(isRecord) : []
}

function elementsOf(block: Record<string, unknown>): { element: Record<string, unknown>; place: string }[] {
  const elements = Array.isArray(block.elements) ? block.elements : []
  return [
    { element: block.element, place: 'element' },
    { element: block.accessory, place: 'accessory' },
    ...elements.map((element, index) => ({ element, place: `elements/${index}` })),
  ].flatMap(({ element, place }) => (isRecord(element) ? [{ element, place }] : []))
}

// What only shows when all blocks are seen together.
function checkTogether(blocks: unknown[], pointer: string, context: CheckContext): void {
  const note = (place: string, message: string) => context.problems.push({ pointer: `${pointer}${place}`, message })
  const blockIds = new Set<string>()
  let focused = 0
  let tables = 0
  let markdown = 0
  for (const [index, block] of blocks.entries()) {
    if (!isRecord(block)) continue
    if (typeof block.block_id === 'string' && block.block_id !== '') {
      if (blockIds.has(block.block_id)) note(`/${index}/block_id`, `duplicate block_id: ${block.block_id}`)
      blockIds.add(block.block_id)
    }
    const actionIds = new Set<string>()
    for (const { element, place } of elementsOf(block)) {
      if (element.focus_on_load === true && ++focused > 1)
        note(`/${index}/${place}`, 'only one element may have focus_on_load')
      if (typeof element.action_id !== 'string') continue
      if (actionIds.has(element.action_id)) note(`/${index}/${place}/action_id`, 'duplicate action_id in one block')
      actionIds.add(element.action_id)
      if (element.response_url_enabled === true && (context.surface !== 'modal' || block.type !== 'input'))
        note(`/${index}/${place}`, 'response_url_enabled works only in an input block of a modal')
    }
    if (block.type === 'table' && ++tables > 1) note(`/${index}`, 'only_one_table_allowed')
    if (block.type === 'markdown') markdown += String(block.text).length
  }
  if (markdown > 12_000) note('', 'markdown blocks must be less than 12001 characters together')
}

function checkBlocks(blocks: unknown, pointer: string, context: CheckContext): void {
  list(byType(blockChecks), { min: 0, max: maximumBlocks[context.surface] })(blocks, pointer, context)
  if (Array.isArray(blocks)) checkTogether(blocks, pointer, context)
}

/**
 * What Slack would refuse.
 * @param input a list of blocks, or a whole view (an object with `type` modal or home)
 * @param surface where it is to be shown
 * @returns every problem with a JSON pointer to its place; an empty list when Slack would take it
 */
export function findBlockKitProblems(input: unknown, surface: Surface): BlockKitProblem[] {
  const context: CheckContext = { surface, problems: [] }
  if (Array.isArray(input)) {
    checkBlocks(input, '/blocks', context)
    return context.problems
  }
  if (!isRecord(input)) return [{ pointer: '/', message: 'must be a list of blocks or a view' }]
  if (input.type !== surface) return [{ pointer: '/type', message: `must be ${surface}` }]
  all(byType(viewChecks))(input, '', context)
  checkBlocks(input.blocks, '/blocks', context)
  if (Buffer.byteLength(JSON.stringify(input)) > maximumViewBytes)
    context.problems.push({ pointer: '/', message: 'view_too_large' })
  return context.problems
}

/** What Slack would refuse in the answer to an options request (`options` or `option_groups`, at most 100). */
export function findOptionsProblems(answer: unknown): BlockKitProblem[] {
  const context: CheckContext = { surface: 'modal', problems: [] }
  object(
    {},
    choices,
    rule((value) => (value.options === undefined) !== (value.option_groups === undefined), 'options or option_groups'),
  )(answer, '', context)
  return context.problems
}
