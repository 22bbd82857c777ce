import { describe, expect, it } from 'vitest'
import { examine } from '../../../fuzz/image/examine.ts'
import { Random } from '../../../fuzz/random.js'
import { FormatError } from '../../../parsers/bytes/errors.ts'
import { bytesSource } from '../../../parsers/bytes/source.ts'
import { readHeader } from '../../../parsers/rpm/header.ts'
import { packageOf } from '../../../src/owners/rpm/package.ts'
import { type HeaderEntry, header, strings } from '../../owners/rpm/header-writer.ts'
import { RPMDB, SMALL_FEDORA } from '../../owners/rpm/small-fedora.ts'
import { readTable } from '../../parsers/sqlite/rows.ts'
import { btreePage, column, database, leafCell, record, schemaPage } from '../../parsers/sqlite/writer.ts'
import { squashfsOf } from '../../parsers/squashfs/writer.ts'

const DATABASE = 'usr/lib/sysimage/rpm/rpmdb.sqlite'
/** Seconds of CPU time that no image of these may take. */
const SECONDS = 5

async function timed<Result>(work: () => Result | Promise<Result>): Promise<Result> {
  const started = process.cpuUsage()
  const result = await work()
  expect(process.cpuUsage(started).user / 1e6).toBeLessThan(SECONDS)
  return result
}

/** Bytes of paths that a package may have in these tests. */
const PATHS = 1 << 20

/** The name of the package, or why there is none. Nothing but a FormatError may be thrown. */
function read(bytes: Uint8Array): string {
  let left = PATHS
  try {
    const found = packageOf(readHeader(bytesSource(bytes, 'package')), (spent) => {
      left -= spent
      if (left < 0) throw new FormatError('LIMIT', 'too long', { source: 'package', structure: 'paths', offset: 0 })
    })
    return found?.name ?? 'a key'
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    return error.message
  }
}

describe('the headers that rpm wrote', () => {
  const headers = readTable(RPMDB, 'Packages').rows!.map(({ columns }) => columns[1] as Uint8Array)

  it('are read wherever they are cut', async () => {
    for (const bytes of headers) {
      expect(read(bytes)).toMatch(/^[a-z-]+$/)
      await timed(() => {
        for (let cut = 0; cut < 50; cut += 1) {
          expect(read(bytes.subarray(0, Math.floor((cut * bytes.length) / 50)))).toMatch(
            /^package: rpm header at 0x0: /,
          )
        }
      })
    }
  })

  it('are read whatever bytes are changed', async () => {
    const random = new Random(5)
    const said = new Set<string>()
    for (const bytes of headers) {
      await timed(() => {
        for (let round = 0; round < 400; round += 1) {
          const changed = Uint8Array.from(bytes)
          for (let change = 0; change <= round % 5; change += 1) {
            changed[random.below(round % 2 === 0 ? 1100 : bytes.length)] = random.below(256)
          }
          said.add(read(changed).replace(/0x.*/, ''))
        }
      })
    }
    expect(said.size).toBeGreaterThan(5)
  })
})

const named: readonly HeaderEntry[] = [
  strings(1000, 'a'),
  strings(1001, '1'),
  strings(1002, '2'),
  strings(1022, 'noarch'),
]
/** An image whose database has one package. */
const imageOf = (blob: Uint8Array): Uint8Array => {
  const page = btreePage([leafCell(1, record([[0, new Uint8Array(0)], column(blob)]))])
  return squashfsOf({ [DATABASE]: database([page], {}, schemaPage('Packages', 2)), 'usr/bin/a': 'a' })
}

describe('an image with a hostile database', () => {
  it.each<[string, () => Uint8Array, RegExp]>([
    ['a package without a name', () => header([]), /rpm tag 1000 at 0x0: a package without a name/],
    [
      'names with slashes and line breaks',
      () => header([strings(1000, '../\n/x'), ...named.slice(1)]),
      /^image: packages of rpm at 0x0: the name or the version of .* is none of rpm; the package is left out$/,
    ],
    ['paths that leave the image', () => header([...named, strings(1027, '/../../usr/bin/a', '..', '', '/')]), /^$/],
    ['required paths that are none', () => header([...named, strings(1049, '/', '//', '/../..', '/usr/bin/a')]), /^$/],
    ['parentheses without an end', () => header([...named, strings(1049, '('.repeat(200), '(a or', '((((a')]), /^$/],
    [
      'more entries than bytes',
      () => header(named, { indexLength: 2 ** 28 }),
      /rpm header at 0x0: longer than the row/,
    ],
    ['a blob that is empty', () => new Uint8Array(0), /rpm header at 0x0: cut short/],
  ])('%s', async (_, blob, said) => {
    const { warnings, complete } = await timed(() => examine(imageOf(blob())))
    expect(warnings.join('\n')).toMatch(said)
    expect(complete).toBe(true)
  })

  it('adds up whatever bytes of the database are changed', async () => {
    const random = new Random(7)
    for (let round = 0; round < 60; round += 1) {
      const changed = Uint8Array.from(RPMDB)
      for (let change = 0; change <= 20; change += 1)
        changed[random.below(RPMDB.length / 4096) * 4096 + random.below(round % 2 === 0 ? 130 : 4096)] =
          random.below(256)
      await timed(() => examine(squashfsOf({ ...SMALL_FEDORA, [DATABASE]: changed })))
    }
  })
})
