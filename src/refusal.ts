// "Understood, and the answer is no." Thrown by the core, turned into words by the door that the person came through.

/** Every refusal of the product; each door has one table that gives each its words. */
export type RefusalCode =
  | 'address_malformed'
  | 'could_not_be_invited'
  | 'user_type_missing'
  | 'role_missing'
  | 'hub_unknown'
  | 'department_unknown'
  | 'location_unknown'
  | 'note_too_long'
  | 'may_not_invite'
  | 'may_not_give'
  | 'may_not_change_settings'
  | 'invitation_unknown'
  | 'invitation_changed'
  | 'settings_changed'
  | 'choice_unknown'
  | 'last_corporate_admin'
  | 'unit_unknown'
  | 'unit_in_use'
  | 'default_hub'
  | 'hub_archived'
  | 'person_unknown'
  | 'person_twice'
  | 'person_changed'
  | 'role_own'
  | 'role_for_guest'
  | 'department_missing'
  | 'setting_out_of_range'
  | 'person_inactive'
  | 'name_taken'
  | 'name_missing'
  | 'link_dead'
  | 'first_name_missing'
  | 'last_name_missing'
  | 'name_too_long'
  | 'mobile_malformed'
  | 'mobile_without_country'
  | 'password_too_short'
  | 'password_too_long'
  | 'password_common'
  | 'password_personal'
  | 'terms_not_agreed'
  | 'code_malformed'
  | 'code_wrong'
  | 'code_old'
  | 'code_used'
  | 'code_elsewhere'
  | 'code_clock'
  | 'code_none'
  | 'code_wait'
  | 'code_limit'
  | 'factor_missing'
  | 'factor_unknown'
  | 'factor_impossible'
  | 'factor_last'
  | 'factors_own'
  | 'may_not_reset'
  | 'recovery_code_wrong'
  | 'recovery_code_used'
  | 'codes_not_kept'
  | 'passage_over'
  | 'too_busy'
  | 'list_unknown'
  | 'list_empty'
  | 'list_twice'
  | 'list_changed'
  | 'list_sent_today'
  | 'list_past_daily_limit'
  | 'list_not_undoable'
  | 'may_not_import'
  | 'request_unknown'
  | 'request_decided'
  | 'request_own'
  | 'may_not_decide'
  | 'nobody_chosen'
  | 'too_many_chosen'
  | 'selection_unknown'
  | 'account_unknown'
  | 'account_own'
  | 'account_changed'
  | 'may_not_pause'
  | 'hourly_limit'
  | 'request_limit'
  | 'nobody_left'
  | 'address_limit'
  | 'too_many_booked'
  | 'booking_unknown'
  | 'decision_missing'
  | 'reason_missing'
  | 'may_not_see_log'
  | 'person_not_known'
  | 'days_missing'
  | 'days_reversed'
  | 'auto_unknown'
  | 'auto_changed'
  | 'auto_answered'
  | 'group_missing'
  | 'too_many_groups'
  | 'consent_missing'
  | 'nobody_found'
  | 'several_found'
  | 'link_unknown'
  | 'link_not_set_up'
  | 'link_is_over'
  | 'link_changed'
  | 'link_used_more'
  | 'end_is_past'
  | 'domain_malformed'
  | 'too_many_domains'

/** A no with its reason; `field` says where it was typed, `detail` what the words need (never a secret). */
export class Refusal extends Error {
  readonly code: RefusalCode
  readonly field: string | undefined
  readonly detail: Record<string, string | number>

  constructor(code: RefusalCode, options: { field?: string; detail?: Record<string, string | number> } = {}) {
    super(code)
    this.name = 'Refusal'
    this.code = code
    this.field = options.field
    this.detail = options.detail ?? {}
  }
}

/** Several refusals of one form at once, so that a person mends everything in one go. */
export class Refusals extends Error {
  readonly refusals: Refusal[]

  constructor(refusals: Refusal[]) {
    super(refusals.map((refusal) => refusal.code).join(', '))
    this.name = 'Refusals'
    this.refusals = refusals
  }
}
