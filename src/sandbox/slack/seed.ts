// The people, channels and groups of the default workspace, Northwind Trading.
import type { ClientChannel, ClientUser, ClientUserGroup } from './client-api.ts'

export interface WorkspaceSeed {
  team: { id: string; name: string; domain: string }
  app: { id: string; botId: string; botUserId: string }
  users: ClientUser[]
  channels: ClientChannel[]
  userGroups: ClientUserGroup[]
}

export const slackbotId = 'USLACKBOT'

const plainMember: ClientUser = {
  id: '',
  name: '',
  real_name: '',
  tz: 'Europe/Berlin',
  is_bot: false,
  is_admin: false,
  is_owner: false,
  is_primary_owner: false,
  is_restricted: false,
  is_ultra_restricted: false,
  deleted: false,
}

/**
 * A user with everything that was not said filled in as for a plain member.
 * @param given `id`, `name` (the handle) and `real_name` at least
 */
export function makeUser(given: Pick<ClientUser, 'id' | 'name' | 'real_name'> & Partial<ClientUser>): ClientUser {
  return { ...plainMember, ...given }
}

function person(id: string, fullName: string, more: Partial<ClientUser>): ClientUser {
  const name = fullName.split(' ')[0]?.toLowerCase() ?? id
  return makeUser({ id, name, real_name: fullName, email: `${name}@northwind.example`, ...more })
}

/** A fresh default workspace; `botName` is the app's display name. */
export function northwindTrading(botName: string): WorkspaceSeed {
  const bot = 'UUSHERBOT'
  const people = ['UADA', 'UMAX', 'UPAT', 'ULENA', 'USAM', 'UGUS']
  const channel = (id: string, name: string, topic: string, members: string[]): ClientChannel => ({
    ...{ id, name, topic, members, is_private: false, is_archived: false },
  })
  return {
    team: { id: 'T0NORTHWIND', name: 'Northwind Trading', domain: 'northwind' },
    app: { id: 'A0USHER', botId: 'B0USHER', botUserId: bot },
    users: [
      person('UADA', 'Ada Lovelace', { title: 'Founder', is_admin: true, is_owner: true, is_primary_owner: true }),
      person('UMAX', 'Max Weber', { title: 'Office manager', is_admin: true }),
      person('UPAT', 'Pat Morgan', { title: 'Customer care', tz: 'Europe/London' }),
      person('ULENA', 'Lena Fischer', { title: 'People operations' }),
      person('USAM', 'Sam Rivera', { title: 'Sales', tz: 'America/New_York' }),
      person('UGUS', 'Gus Guest', { title: 'Contractor', is_restricted: true, email: 'gus@partner.example' }),
      makeUser({
        id: bot,
        name: botName.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-'),
        real_name: botName,
        is_bot: true,
      }),
      makeUser({ id: slackbotId, name: 'slackbot', real_name: 'Slackbot', is_bot: false }),
    ],
    channels: [
      channel('CGENERAL', 'general', 'Company news', [...people, bot]),
      channel('CPEOPLE', 'people-ops', 'Joining, leaving, and all in between', ['UADA', 'UMAX', 'ULENA', bot]),
      channel('CCARE', 'customer-care', 'Customers first', ['UADA', 'UPAT', bot]),
      channel('CRANDOM', 'random', 'Anything else', ['UADA', 'UMAX', 'UPAT', 'ULENA', 'USAM']),
    ],
    userGroups: [
      { id: 'SSALES', handle: 'sales', name: 'Sales', users: ['USAM', 'UPAT'] },
      { id: 'SWAREHOUSE', handle: 'warehouse', name: 'Warehouse', users: ['ULENA', 'USAM'] },
    ],
  }
}
