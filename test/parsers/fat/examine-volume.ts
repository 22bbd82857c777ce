import { expect } from 'vitest'
import { bytesSource } from '../../../parsers/bytes/source.ts'
import { type Entry, pathOf } from '../../../parsers/image.ts'
import { type OpenImage, openSource } from '../../../src/images/open-image.ts'
import { attribute } from '../../../src/inventory/attribution.ts'

/** What came of opening a volume, reading its files and giving each byte an account. */
export interface ExaminedVolume {
  readonly open: OpenImage
  readonly paths: readonly string[]
  readonly warnings: readonly string[]
  readonly complete: boolean
  /** Own bytes by the names of accounts. */
  readonly own: Readonly<Record<string, number>>
  entry(path: string): Entry
  /** The content of a file, or the sentence why it cannot be read. */
  content(path: string): string
}

/** Opens a volume and expects that its accounts add up. */
export function examineVolume(bytes: Uint8Array, name = 'fat.img'): ExaminedVolume {
  const open = openSource(bytesSource(bytes, name))
  const { tree } = open.image
  const { accounts, warnings, complete } = attribute(open)
  expect(accounts.reduce((sum, { own }) => sum + own, 0)).toBe(bytes.length)
  const own: Record<string, number> = {}
  const textOf = (name: string): string => Buffer.from(name, 'latin1').toString()
  for (const account of accounts) {
    const name = textOf(account.name)
    if (account.own > 0) own[name] = (own[name] ?? 0) + account.own
  }
  const paths = tree.entries.map((entry) => textOf(pathOf(tree, entry)))
  const entry = (path: string): Entry => tree.entries[paths.indexOf(path)]!
  return {
    open,
    paths,
    warnings: warnings.map(({ message }) => message),
    complete,
    own,
    entry,
    content(path) {
      try {
        return Buffer.concat([...open.reader.chunks(entry(path))].map((chunk) => chunk.slice())).toString('latin1')
      } catch (error) {
        return (error as Error).message
      }
    },
  }
}
