import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { CheckResult } from '../analyses/check.ts'
import type { Rule } from '../analyses/rules.ts'
import type { Contributor } from '../analyses/subject-parts.ts'
import { nameOf } from '../owners/names.ts'
import { bytes, type Cell, change, count, joined, type Line, type NameCell, name, type Words } from './cell.ts'
import { fileName, narrowFileName } from './file-names.ts'
import { optionName } from './option-words.ts'
import { regionName } from './region-name.ts'

/** Makes a short name of a store path that is unique among all names in the output. */
export type LabelOf = (key: ByteString) => ByteString

/** How many contributors we name below a rule. */
const MAX_NAMED = 10

/** What contributes to the value of a rule, each with the paths that pull it in, and the option that takes it out. */
export function contributorLines(result: CheckResult, labelOf: LabelOf): readonly Line[] {
  const { rule, contributors } = result
  if (isInitrd(rule)) return contributors.length === 0 ? [] : [copiesLine(result, labelOf)]
  const left = contributors.length - MAX_NAMED
  return [
    ...contributors
      .slice(0, MAX_NAMED)
      .flatMap((some): Line[] => [
        { phrases: [[chainCell(some, rule, labelOf)]], indent: 1 },
        ...(some.option === undefined ? [] : [{ phrases: [[`option: ${optionName(some.option)}`]], indent: 2 }]),
      ]),
    ...(left > 0 ? [{ phrases: [['and ', count(left), ' more'] as Words], indent: 1 }] : []),
  ]
}

function isInitrd(rule: Rule): boolean {
  return 'subject' in rule && rule.subject.kind === 'initrd'
}

function chainCell(some: Contributor, rule: Rule, labelOf: LabelOf): Cell {
  const links = (some.chain ?? []).slice(1).map((key): NameCell => name(labelOf(key)))
  return { kind: 'chain', name: contributorName(some, labelOf), mark: '', links, more: 0, size: sizeCell(some, rule) }
}

function sizeCell({ bytes: size }: Contributor, { kind }: Rule): Cell {
  return kind === 'growth' || kind === 'growthPercent' ? change(size) : bytes(size)
}

function contributorName({ name: its, otherNames, owner }: Contributor, labelOf: LabelOf): NameCell {
  if (owner === undefined) return fileName(its, otherNames)
  return name(labelOf(owner) + its.slice(nameOf(owner).length))
}

/** Where the copies of an initrd lie: "2 copies: boot 14.1 MiB, nix-store.squashfs 14.0 MiB". */
function copiesLine({ rule, contributors }: CheckResult, labelOf: LabelOf): Line {
  const places = contributors.map(
    (some): Words => [placeOf(some, rule, contributors, labelOf), ' ', sizeCell(some, rule)],
  )
  const copies: Words = [count(contributors.length), contributors.length === 1 ? ' copy: ' : ' copies: ']
  const [first = [], ...others] = places
  return { phrases: [rule.kind === 'max' ? [...copies, ...first] : first, ...others], between: ',', indent: 1 }
}

/** The region of a store path, with its name if several lie there; for a file, its path. */
function placeOf(some: Contributor, rule: Rule, all: readonly Contributor[], labelOf: LabelOf): NameCell {
  const { owner, region = '' } = some
  const place = regionName(region)
  if (rule.kind !== 'max') return place
  if (owner === undefined) return narrowFileName(some.name, some.otherNames)
  const isOneOfSeveral = all.filter((other) => other.region === region).length > 1
  return isOneOfSeveral ? name(`${place.short}/${DOTS}/${contributorName(some, labelOf).short}`) : place
}

/** "…" in UTF-8. */
const DOTS: ByteString = '\xe2\x80\xa6'

/** The same lines for a message of one line: "zlib-dev 0.4 MiB ← brotli ← python3-env (option: …)". */
export function contributorSentences(result: CheckResult, labelOf: LabelOf): readonly Words[] {
  const { rule, contributors } = result
  if (isInitrd(rule)) {
    return contributors.length === 0 ? [] : [joined(copiesLine(result, labelOf).phrases, ', ')]
  }
  return contributors.map((some) => {
    const option = some.option === undefined ? [] : [` (option: ${optionName(some.option)})`]
    return [chainCell(some, rule, labelOf), ...option]
  })
}
