// Slack refuses to be answered by clocks that are minutes off, and links run out by ours: whose clock says what.
import { bad, type Finding, good, note } from './finding.ts'

/**
 * Compares this machine's clock with another. `asked` and `answered` are our times around the question; `theirs` is
 * exact to `grain` ms (HTTP dates: 1000, cut off). Up to 2 s is fine, over 60 s is bad.
 */
export function checkClock(
  whose: string,
  times: { asked: Date; answered: Date; theirs: Date | undefined; grain: number },
): Finding {
  const about = `Clock beside ${whose}`
  if (times.theirs === undefined) return note(about, 'it did not say what time it is')
  const ours = (times.asked.getTime() + times.answered.getTime()) / 2
  const seconds = (ours - (times.theirs.getTime() + times.grain / 2)) / 1000
  const off = Math.abs(seconds)
  if (off <= 2) return good(about, 'the same time')
  const long = off < 120 ? `${Math.round(off)} seconds` : `${Math.round(off / 60)} minutes`
  const text = `this machine is ${long} ${seconds > 0 ? 'ahead' : 'behind'}. Set its clock by the network (NTP): timedatectl set-ntp true`
  return off > 60 ? bad(about, text) : note(about, text)
}
