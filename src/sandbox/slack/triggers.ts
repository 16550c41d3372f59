// Trigger ids: what lets an app open a modal for the person who just did something. Three seconds, once.
import { randomBytes } from 'node:crypto'

export interface Triggers {
  /** A fresh trigger id for what this person just did, in which conversation. */
  make(userId: string, conversation?: string): string
  /** Uses a trigger id up: the person and conversation, or Slack's error name. */
  exchange(triggerId: string): { userId: string; conversation?: string } | { error: string }
}

interface Trigger {
  userId: string
  conversation?: string
  /** epoch milliseconds */
  until: number
  used: boolean
}

/** @param lifetime milliseconds */
export function createTriggers(now: () => number, lifetime: number): Triggers {
  const triggers = new Map<string, Trigger>()
  return {
    make(userId, conversation) {
      // Old ones are remembered for a while, so that they are told apart from unknown ones.
      if (triggers.size > 1000) for (const id of [...triggers.keys()].slice(0, 500)) triggers.delete(id)
      const id = `${Math.floor(now())}.${randomBytes(4).readUInt32BE()}.${randomBytes(16).toString('hex')}`
      triggers.set(id, { userId, conversation, until: now() + lifetime, used: false })
      return id
    },
    exchange(triggerId) {
      const trigger = triggers.get(triggerId)
      if (!trigger) return { error: 'invalid_trigger_id' }
      if (trigger.used) return { error: 'exchanged_trigger_id' }
      if (now() > trigger.until) return { error: 'expired_trigger_id' }
      trigger.used = true
      return { userId: trigger.userId, conversation: trigger.conversation }
    },
  }
}
