// Web API: views.*
import type { Core } from './core.ts'
import { parsed } from './message-body.ts'
import { type Arguments, fail, type Methods, optional, required } from './method.ts'
import type { ViewResult } from './views.ts'

function answer(core: Core, result: ViewResult): Record<string, unknown> {
  return 'view' in result ? { view: core.views.toPayload(result.view) } : fail(result.error, result.messages)
}

function exchange(core: Core, given: Arguments): { userId: string; conversation?: string } {
  const trigger = core.triggers.exchange(required(given, 'trigger_id'))
  return 'error' in trigger ? fail(trigger.error) : trigger
}

export const viewMethods: Methods = {
  'views.open': {
    run(core, given) {
      const { userId, conversation } = exchange(core, given)
      return answer(core, core.views.open(userId, parsed(given.view), conversation))
    },
  },
  'views.push': {
    run: (core, given) => answer(core, core.views.push(exchange(core, given).userId, parsed(given.view))),
  },
  'views.update': {
    run(core, given) {
      const view_id = optional(given, 'view_id')
      const external_id = optional(given, 'external_id')
      if (!view_id && !external_id)
        fail('invalid_arguments', ['[ERROR] missing required field: view_id or external_id'])
      const where = { view_id, external_id, hash: optional(given, 'hash') }
      return answer(core, core.views.update(where, parsed(given.view)))
    },
  },
  'views.publish': {
    run(core, given) {
      const userId = required(given, 'user_id')
      if (core.manifest.features?.app_home?.home_tab_enabled !== true) fail('not_enabled')
      if (!core.workspace.users.has(userId)) fail('invalid_arguments', ['[ERROR] user_not_found'])
      return answer(core, core.views.publish(userId, parsed(given.view), optional(given, 'hash')))
    },
  },
}
