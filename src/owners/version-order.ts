import type { ByteString } from '../../parsers/bytes/byte-string.ts'

/** Which versions of a package a dependency takes. */
export interface VersionLimit {
  readonly relation: '<' | '<=' | '=' | '>=' | '>'
  readonly version: ByteString
}

/** Negative if the first version is older, positive if it is newer. */
type Order = (one: string, other: string) => number

/** Whether a version of a package is within a limit, by the order of its package manager. */
export function isWithin(kind: string, version: ByteString, { relation, version: limit }: VersionLimit): boolean {
  const order = ORDERS[kind]?.(version, limit) ?? 0
  if (order === 0) return relation !== '<' && relation !== '>'
  return order < 0 ? relation.startsWith('<') : relation.startsWith('>')
}

/** Versions of packages in the order of each package manager. */
export const ORDERS: Readonly<Record<string, Order>> = {
  dpkg: (one, other) => byEpoch(one, other, debianOrder),
  apk: alpineOrder,
  pacman: (one, other) => byEpoch(one, other, (a, b) => byRelease(a, b, alpmOrder)),
  rpm: (one, other) => byEpoch(one, other, (a, b) => byRelease(a, b, rpmOrder)),
}

/** "2:1.0" has the epoch 2, and a version without one has 0. */
function byEpoch(one: string, other: string, order: Order): number {
  const parts = (version: string): readonly [number, string] => {
    const found = /^(\d+):(.*)$/s.exec(version)
    return found === null ? [0, version] : [Number(found[1]), found[2]!]
  }
  const [epoch, rest] = parts(one)
  const [otherEpoch, otherRest] = parts(other)
  return epoch - otherEpoch || order(rest, otherRest)
}

/** A limit without a release takes all releases. */
function byRelease(one: string, other: string, order: Order): number {
  const parts = (version: string): readonly [string, string | undefined] => {
    const dash = version.lastIndexOf('-')
    return dash < 0 ? [version, undefined] : [version.slice(0, dash), version.slice(dash + 1)]
  }
  const [version, release] = parts(one)
  const [otherVersion, otherRelease] = parts(other)
  const found = order(version, otherVersion)
  return found !== 0 || release === undefined || otherRelease === undefined ? found : order(release, otherRelease)
}

function text(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}

/** Digits as a number of any length. */
function digits(one: string, other: string): number {
  const [a, b] = [one, other].map((some) => some.replace(/^0+/, '')) as [string, string]
  return a.length - b.length || text(a, b)
}

/** Upstream version and revision (deb-version(7), Sorting algorithm). */
function debianOrder(one: string, other: string): number {
  const parts = (version: string): readonly [string, string] => {
    const dash = version.lastIndexOf('-')
    return dash < 0 ? [version, ''] : [version.slice(0, dash), version.slice(dash + 1)]
  }
  const [version, revision] = parts(one)
  const [otherVersion, otherRevision] = parts(other)
  return debianPart(version, otherVersion) || debianPart(revision, otherRevision)
}

/** Parts without and with digits take turns. */
function debianPart(one: string, other: string): number {
  let [a, b] = [one, other]
  while (a !== '' || b !== '') {
    const [words, otherWords] = [a, b].map((some) => /^\D*/.exec(some)![0]) as [string, string]
    // One character more, because the end comes behind a tilde and before everything else.
    for (let at = 0; at <= Math.max(words.length, otherWords.length); at += 1) {
      const found = debianWeight(words[at]) - debianWeight(otherWords[at])
      if (found !== 0) return found
    }
    const rests = [a.slice(words.length), b.slice(otherWords.length)]
    const [number, otherNumber] = rests.map((some) => /^\d*/.exec(some)![0]) as [string, string]
    const found = digits(number, otherNumber)
    if (found !== 0) return found
    a = rests[0]!.slice(number.length)
    b = rests[1]!.slice(otherNumber.length)
  }
  return 0
}

function debianWeight(character: string | undefined): number {
  if (character === undefined) return 0
  if (character === '~') return -1
  return /[A-Za-z]/.test(character) ? character.charCodeAt(0) : character.charCodeAt(0) + 256
}

/** Segments of digits and of letters; a tilde sorts before the end, and a caret behind it (rpm, docs/man/rpm-version.7). */
function rpmOrder(one: string, other: string): number {
  let [a, b] = [one, other]
  for (;;) {
    a = a.replace(/^[^A-Za-z0-9~^]+/, '')
    b = b.replace(/^[^A-Za-z0-9~^]+/, '')
    for (const [mark, sign] of [
      ['~', -1],
      ['^', 1],
    ] as const) {
      const [hasMark, otherHasMark] = [a.startsWith(mark), b.startsWith(mark)]
      if (hasMark === otherHasMark) continue
      // A caret is newer than the end, and older than anything else.
      if (hasMark) return mark === '^' && b !== '' ? -1 : sign
      return mark === '^' && a !== '' ? 1 : -sign
    }
    if (/^[~^]/.test(a)) {
      a = a.slice(1)
      b = b.slice(1)
      continue
    }
    if (a === '' || b === '') return a.length - b.length
    const [found, rest, otherRest] = segments(a, b)
    if (found !== 0) return found
    a = rest
    b = otherRest
  }
}

/** As an older rpm, but that letters at the end are older than none, and the numbers of separators count (vercmp(8)). */
function alpmOrder(one: string, other: string): number {
  let [a, b] = [one, other]
  while (a !== '' && b !== '') {
    const [separators, otherSeparators] = [a, b].map((some) => /^[^A-Za-z0-9]*/.exec(some)![0].length) as [
      number,
      number,
    ]
    a = a.slice(separators)
    b = b.slice(otherSeparators)
    if (a === '' || b === '') break
    if (separators !== otherSeparators) return separators - otherSeparators
    const [found, rest, otherRest] = segments(a, b)
    if (found !== 0) return found
    a = rest
    b = otherRest
  }
  if (a === '' && b === '') return 0
  return (a === '' && !/^[A-Za-z]/.test(b)) || /^[A-Za-z]/.test(a) ? -1 : 1
}

/** Compares the first segments of digits or letters; digits are newer. */
function segments(one: string, other: string): readonly [order: number, rest: string, otherRest: string] {
  const isNumber = /^\d/.test(one)
  const [a, b] = [one, other].map((some) => (isNumber ? /^\d*/ : /^[A-Za-z]*/).exec(some)![0]) as [string, string]
  const order = b === '' ? (isNumber ? 1 : -1) : isNumber ? digits(a, b) : text(a, b)
  return [order, one.slice(a.length), other.slice(b.length)]
}

/** Suffixes from the oldest to the newest; a version without one stands at '' (apk-package(5), PACKAGE METADATA, pkgver). */
const SUFFIXES = ['alpha', 'beta', 'pre', 'rc', '', 'cvs', 'svn', 'git', 'hg', 'p']
const ALPINE = /^(\d+(?:\.\d+)*)([a-z]?)((?:_[a-z]+\d*)*)(?:~[0-9a-f]+)?(?:-r(\d+))?$/

function alpineOrder(one: string, other: string): number {
  const [a, b] = [ALPINE.exec(one), ALPINE.exec(other)]
  // Apk has no order for what is no version.
  if (a === null || b === null) return 0
  const [numbers, otherNumbers] = [a[1]!.split('.'), b[1]!.split('.')]
  for (const [at, number] of numbers.entries()) {
    const otherNumber = otherNumbers[at]
    if (otherNumber === undefined) return 1
    // Behind the first number, one that begins with 0 is a fraction.
    const isFraction = at > 0 && [number, otherNumber].some((some) => some.startsWith('0'))
    const found = isFraction ? text(number, otherNumber) : digits(number, otherNumber)
    if (found !== 0) return found
  }
  if (otherNumbers.length > numbers.length) return -1
  return text(a[2]!, b[2]!) || alpineSuffixes(a[3]!, b[3]!) || digits(a[4] ?? '', b[4] ?? '')
}

function alpineSuffixes(one: string, other: string): number {
  const parts = (some: string): readonly (readonly [string, string])[] =>
    Array.from(some.matchAll(/_([a-z]+)(\d*)/g), ([, name, number]) => [name!, number!] as const)
  const [a, b] = [parts(one), parts(other)]
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const [name, number] = a[at] ?? ['', '']
    const [otherName, otherNumber] = b[at] ?? ['', '']
    const found = SUFFIXES.indexOf(name) - SUFFIXES.indexOf(otherName) || digits(number, otherNumber)
    if (found !== 0) return found
  }
  return 0
}
