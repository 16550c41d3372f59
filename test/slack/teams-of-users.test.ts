// Of which workspace Slack says that a user is: ours only where it says so, and nothing else.
import { expect, it } from 'vitest'
import { isOfWorkspace } from '../../src/people/index.ts'
import { profileOf, type SlackUser } from '../../src/slack/visitor.ts'

const OURS = 'T0NORTHWIND'
const ELSEWHERE = 'T0ELSEWHERE'

it.each<[string, SlackUser, boolean]>([
  ['our team', { team_id: OURS }, true],
  ['our team, in the profile too', { team_id: OURS, profile: { team: OURS } }, true],
  ['another team', { team_id: ELSEWHERE }, false],
  ['another team in the profile', { team_id: OURS, profile: { team: ELSEWHERE } }, false],
  ['another team outside the profile', { team_id: ELSEWHERE, profile: { team: OURS } }, false],
  ['no team at all', {}, false],
  ['a stranger', { team_id: OURS, is_stranger: true }, false],
  ['our team of a Grid', { team_id: 'E0GRID', enterprise_user: { teams: [ELSEWHERE, OURS] } }, true],
  ['other teams of a Grid', { team_id: OURS, enterprise_user: { teams: [ELSEWHERE] } }, false],
])('37: by Slack’s own words, %s', (_what, user, isOurs) => {
  expect(isOfWorkspace(profileOf('U1', user), OURS)).toBe(isOurs)
})
