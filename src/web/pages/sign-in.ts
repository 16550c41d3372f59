// The pages of signing in: name and password, and then a page for each thing that is left to do.
import type { SignInStep } from '../../accounts/index.ts'
import { bdi, type Html, html } from '../../html.ts'
import type { Texts } from '../../languages/index.ts'
import {
  asideForm,
  chooseFactor,
  codeField,
  type FactorShown,
  keepCodes,
  proveFactor,
  type StepProblem,
  stepForm,
  wordsOf,
} from './factor-forms.ts'
import { field, summary } from './fields.ts'
import { layout } from './layout.ts'
import { termsToAgree } from './terms.ts'

/** What is said above the form: why it is shown again, or what was done. */
export type SignInNote = 'over' | 'changed' | 'signedOut' | 'stopped'

type Shown = {
  name?: string
  note?: SignInNote | undefined
  problems?: StepProblem[]
  isSlackOffered?: boolean
}

/** Name and password, fresh or with what was typed and what is to be mended. */
export function signInPage(texts: Texts, { name = '', note, problems = [], isSlackOffered = false }: Shown): Html {
  const words = texts.accounts.signIn
  const content = html`${problems.length > 0 && summary({ heading: texts.errors.stepHeading, items: problems })}
<header>
<h1>${words.title}</h1>
${note && html`<p class="lead" role="status">${words[note]}</p>`}
</header>
<form method="post" action="/sign-in" class="card" novalidate>
<input type="hidden" name="language" value="${texts.language}">
${field({ name: 'name', label: words.name, value: name, autocomplete: 'username', hint: words.nameHint, words: undefined })}
${field({ name: 'password', label: words.password, value: '', type: 'password', autocomplete: 'current-password', words: undefined })}
<p class="act"><button type="submit">${words.send}</button></p>
<p><a href="/forgot">${words.forgot}</a></p>
</form>
${isSlackOffered && html`<p class="aside"><a class="button second" href="/sign-in/slack">${texts.accounts.slack.title}</a></p>`}`
  return layout(texts, { title: problems.length > 0 ? texts.errorTitle(words.title) : words.title, content })
}

/** `wait`: until the first code can be sent, as words, where it was not sent by itself. */
type Given = { step: SignInStep; hidden: Html; view?: string; problems?: StepProblem[]; wait?: string }

/** The page of what is to be done next. `hidden`: fields that every form carries. */
export function signInStepPage(texts: Texts, { step, hidden, view = '', problems = [], wait = '' }: Given): Html {
  return framed(texts, { shown: shownAt(texts, { step, hidden, view, problems, wait }), problems })
}

/** Recovery codes, shown once, on the way in. */
export function signInCodesPage(texts: Texts, given: { codes: string[]; hidden: Html }): Html {
  return framed(texts, { shown: keepCodes(texts, { ...given, problems: [], action: '/sign-in/next' }), problems: [] })
}

function framed(texts: Texts, { shown, problems }: { shown: FactorShown; problems: StepProblem[] }): Html {
  const { signIn, steps } = texts.accounts
  const title = `${shown.heading} – ${signIn.title}`
  const content = html`${problems.length > 0 && summary({ heading: texts.errors.stepHeading, items: problems })}
<header>
<h1>${shown.heading}</h1>
${shown.lead && html`<p class="lead">${shown.lead}</p>`}
</header>
${shown.body}
<p class="aside"><a href="/sign-in">${steps.signIn}</a></p>`
  return layout(texts, { title: problems.length > 0 ? texts.errorTitle(title) : title, content })
}

function shownAt(texts: Texts, { step, hidden, view, problems, wait }: Required<Given>): FactorShown {
  const words = texts.accounts.steps
  switch (step.step) {
    case 'organisation':
      return {
        heading: words.organisation.heading,
        lead: words.organisation.lead,
        body: organisations(texts, { step, hidden }),
      }
    case 'factor':
      return factor(texts, { step, hidden, view, problems, wait })
    case 'set_up':
      return step.inHand
        ? proveFactor(texts, { factor: step.inHand, problems, hidden })
        : chooseFactor(texts, { ...step, problems, hidden })
    case 'terms': {
      const content = html`<input type="hidden" name="termsVersion" value="${step.termsVersion}">
${termsToAgree(texts, { terms: step.terms, isTicked: false, words: wordsOf(problems, 'termsAgreed') })}
<p class="act"><button type="submit">${words.terms.agree}</button></p>`
      const lead = words.terms.lead(bdi(step.organisationName))
      return { heading: words.terms.heading, lead, body: stepForm('agree', { content, hidden }) }
    }
    case 'ready': {
      const content = html`<p class="act"><button type="submit">${words.goOn}</button></p>`
      return { heading: words.ready.heading, lead: words.ready.lead, body: stepForm('ready', { content, hidden }) }
    }
  }
}

function organisations(
  texts: Texts,
  { step, hidden }: { step: Extract<SignInStep, { step: 'organisation' }>; hidden: Html },
): Html {
  const words = texts.accounts.steps
  const content = html`<fieldset class="field">
<legend>${words.organisation.legend}</legend>
${step.choices.map(
  ({ accountId, organisationName }, index) => html`<div class="choice">
<input id="account-${index}" name="account" type="radio" value="${accountId}" required${index === 0 && html` checked`}>
<label for="account-${index}">${bdi(organisationName)}</label>
</div>`,
)}
</fieldset>
<p class="act"><button type="submit">${words.goOn}</button></p>`
  return stepForm('organisation', { content, hidden })
}

/** Which of them is asked for; the others are a link away. */
export type FactorView = 'app' | 'email' | 'sms' | 'recovery'

type FactorStep = Extract<SignInStep, { step: 'factor' }>

/** What can be asked for, the strongest factor first. */
export function factorViews({ factors, recoveryCodesLeft }: FactorStep): FactorView[] {
  const kinds = (['app', 'email', 'sms'] as const).filter((kind) => factors.some((factor) => factor.kind === kind))
  return recoveryCodesLeft > 0 ? [...kinds, 'recovery'] : kinds
}

function factor(
  texts: Texts,
  { step, hidden, view, problems, wait }: Required<Omit<Given, 'step'>> & { step: FactorStep },
): FactorShown {
  const words = texts.accounts.steps.factor
  const views = factorViews(step)
  const shown = views.find((one) => one === view) ?? views[0] ?? 'recovery'
  const action = `/sign-in/next?kind=${shown}`
  const address = step.factors.find(({ kind }) => kind === shown)?.address ?? ''
  const labels = {
    app: words.app,
    email: wait ? words.notYet : words.email(bdi(address)),
    sms: wait ? words.notYet : words.sms(bdi(address)),
    recovery: words.recovery,
  }
  const hints = {
    app: texts.factors.app.codeHint,
    email: words.sent,
    sms: words.sent,
    recovery: words.recoveryHint,
  }
  const isRecovery = shown === 'recovery'
  const content = html`<input type="hidden" name="kind" value="${shown}">
${codeField(texts, { code: labels[shown], codeHint: hints[shown], problems, ...(isRecovery ? { isText: true } : {}) })}`
  const send = shown === 'email' ? words.sendEmail : words.sendSms
  const body = html`${wait && html`<p class="lead" role="status">${words.later(wait)}</p>`}
${stepForm('factor', { content, hidden, action })}
${(shown === 'email' || shown === 'sms') && asideForm(`send_${shown}`, { words: send, hidden, action })}
${otherWays(texts, { shown, views })}
${!views.includes('recovery') && html`<p class="quiet">${words.lost}</p>`}`
  return { heading: words.heading, lead: words.lead(bdi(step.organisationName)), body }
}

function otherWays(texts: Texts, { shown, views }: { shown: FactorView; views: FactorView[] }): Html | undefined {
  const words = texts.accounts.steps.factor
  const others = views.filter((view) => view !== shown)
  if (others.length === 0) return undefined
  const names = { ...texts.factors.choose, recovery: words.useRecovery }
  return html`<nav class="card" aria-labelledby="others"><h2 id="others">${words.otherWays}</h2>
<ul>${others.map((view) => html`<li><a href="/sign-in/next?kind=${view}">${names[view]}</a></li>`)}</ul></nav>`
}
