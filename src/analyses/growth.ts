import { nameOf } from '../owners/names.ts'
import { diff } from './diff.ts'
import { isPathGlob, type Subject } from './rules.ts'
import { accountsOf, type CheckSide, type Contributor } from './subject-parts.ts'

/** One of two images, with the parts of a subject in it. */
export interface GrownSide {
  readonly side: CheckSide
  readonly parts: readonly Contributor[]
}

/** How much each part of a subject grew, most first; for an initrd, how much it grew in each place. */
export function growers(subject: Subject, now: GrownSide, before: GrownSide): readonly Contributor[] {
  if (subject.kind === 'initrd') return deltas(now, before, ({ region = '' }) => region)
  const grown =
    subject.kind === 'paths' && subject.globs.some(isPathGlob)
      ? deltas(now, before, ({ name }) => name)
      : matchedDeltas(subject, now.side, before.side)
  return grown.filter(({ bytes }) => bytes > 0)
}

/** Growth by name, without the hashes of owners. */
function deltas(now: GrownSide, before: GrownSide, keyOf: (part: Contributor) => string): readonly Contributor[] {
  const sums = new Map<string, Contributor>()
  const add = (part: Contributor, sign: 1 | -1): void => {
    const { chain: _, bytes, ...rest } = part
    const key = keyOf(part)
    const known = sums.get(key)
    sums.set(key, { ...rest, ...known, bytes: (known?.bytes ?? 0) + sign * bytes })
  }
  for (const part of now.parts) add(part, 1)
  for (const part of before.parts) add(part, -1)
  return [...sums.values()].sort((a, b) => b.bytes - a.bytes)
}

/** Growth by matched owners. It counts only accounts of the subject, because an owner may have others too. */
function matchedDeltas(subject: Subject, now: CheckSide, before: CheckSide): readonly Contributor[] {
  const within = (inventory: CheckSide): CheckSide => {
    const accounts = accountsOf(subject, inventory)
    return { ...inventory, attribution: { ...inventory.attribution, accounts } }
  }
  return diff(within(before), within(now), 'path').rows.map(({ name, otherNames, newPath, delta }) =>
    newPath === undefined
      ? { name, ...(otherNames === undefined ? {} : { otherNames }), bytes: delta }
      : { name: nameOf(newPath), bytes: delta, owner: newPath },
  )
}
