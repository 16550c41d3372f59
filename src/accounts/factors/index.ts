// Second factors, bound to what they need.
import type { FactorCollaborators, SecondFactors } from './factor.ts'
import { factorsOf, removeFactor, resetFactors } from './manage.ts'
import {
  beginFactor,
  dropFactorInHand,
  factorInHand,
  keepFactor,
  possibleKinds,
  proveFactor,
  sendCodeAgain,
} from './set-up.ts'
import { askForCode, checkFactor, renewRecoveryCodes, useRecoveryCode } from './use.ts'

/** Binds every use case of second factors to its collaborators. */
export function createSecondFactors(c: FactorCollaborators): SecondFactors {
  return {
    possibleKinds: (person) => possibleKinds(c, person),
    factorsOf: (personId) => factorsOf(c, personId),
    beginFactor: (holder, given) => beginFactor(c, holder, given),
    factorInHand: (given) => factorInHand(c, given),
    sendCodeAgain: (holder, given) => sendCodeAgain(c, holder, given),
    dropFactorInHand: (boundTo) => dropFactorInHand(c, boundTo),
    proveFactor: (holder, given) => proveFactor(c, holder, given),
    keepFactor: (holder, given) => keepFactor(c, holder, given),
    askForCode: (holder, given) => askForCode(c, holder, given),
    checkFactor: (holder, given) => checkFactor(c, holder, given),
    useRecoveryCode: (holder, given) => useRecoveryCode(c, holder, given),
    renewRecoveryCodes: (holder, given) => renewRecoveryCodes(c, holder, given),
    removeFactor: (holder, given) => removeFactor(c, holder, given),
    resetFactors: (given) => resetFactors(c, given),
  }
}
