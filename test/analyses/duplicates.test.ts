import { describe, expect, it } from 'vitest'
import { duplicates, wastedByContent, wastedByCopies } from '../../src/analyses/duplicates.ts'
import type { PaidTwice } from '../../src/inventory/paid-twice.ts'
import type { SameContent, SameContents } from '../../src/inventory/same-contents.ts'
import { sectionText } from '../../src/present/text/sections.ts'
import { name } from '../../src/views/cell.ts'
import { paidTwiceLines } from '../../src/views/paid-twice.ts'
import { basePath, syntheticSide } from './synthetic-side.ts'

const [one, two] = [basePath(1, 'one-1'), basePath(2, 'two-1')]

/** Copies by image, path and bytes. */
const twice = (places: readonly (readonly [string, string, number])[], owner?: string): PaidTwice => ({
  ...(owner === undefined ? {} : { owner }),
  places: places.map(([image, path, own]) => ({ image, path, own, isPartial: false })),
})

const same = (size: number, paths: readonly string[]): SameContent => ({
  size,
  places: paths.map((path) => ({ image: '/', path, files: 1, own: size })),
})

function found(copies: readonly PaidTwice[], identical: readonly SameContent[]): ReturnType<typeof duplicates> {
  const inventory = { ...syntheticSide({ paths: [] }), twice: { copies, warnings: [], complete: true } }
  const contents: SameContents = {
    ...{ identical, forms: [], storedOnce: [], read: { files: 0, bytes: 0 } },
    ...{ isDeep: false, complete: true, warnings: [] },
  }
  return duplicates(inventory, contents)
}

const placesOf = ({ identical }: ReturnType<typeof duplicates>): string[][] =>
  identical!.map(({ places }) => places.map(({ path }) => path))

describe('the bytes of second copies', () => {
  it('count once where a file in several images is in more places still', () => {
    const blob = twice([
      ['/', '/boot/blob', 40],
      ['/', '/boot/blob2', 40],
      ['/second', '/second/blob', 40],
    ])
    const told = found([blob], [same(40, ['/boot/blob', '/boot/blob2', '/second/blob', `/store/${one}/x`])])
    // Four places of 40 bytes each: three are second ones.
    expect(wastedByCopies(told)).toBe(120)
    expect(placesOf(told)).toEqual([['/boot/blob', `/store/${one}/x`]])
    expect(told.identical!.map(wastedByContent)).toEqual([40])
  })

  it('count once where a file of an owner in several images is elsewhere too', () => {
    const owner = twice(
      [
        ['/store', `/store/${one}`, 70],
        ['/initrd', `/initrd/${one}`, 60],
      ],
      one,
    )
    const inOwner = [`/store/${one}/x`, `/initrd/${one}/x`]
    const told = found(
      [owner],
      [same(50, inOwner), same(20, [...inOwner, '/boot/x']), same(30, [`/store/${one}/a`, `/store/${one}/b`])],
    )
    expect(placesOf(told)).toEqual([
      [`/store/${one}/a`, `/store/${one}/b`],
      [`/store/${one}/x`, '/boot/x'],
    ])
    expect(wastedByCopies(told)).toBe(60 + 30 + 20)
  })

  it('count in full where no owner or file is in several images', () => {
    const contents = [same(50, [`/store/${one}/x`, `/store/${one}x/x`, `/store/${two}/x`])]
    const other = twice(
      [
        ['/store', `/store/${two}-not`, 9],
        ['/initrd', `/store/${one}-not`, 9],
      ],
      one,
    )
    expect(wastedByCopies(found([], contents))).toBe(100)
    expect(wastedByCopies(found([other], contents))).toBe(109)
  })
})

describe('a line for content in several images', () => {
  const lines = (copy: PaidTwice, width = 80): readonly string[] => {
    const told = paidTwiceLines([copy], { accounts: [], top: 0, allBy: '--json', nameOf: (key) => name(key.slice(33)) })
    const options = { style: { color: false, unicode: true, width }, unit: 'iec', fullPaths: false } as const
    return sectionText({ body: { kind: 'lines', lines: told } }, options).split('\n')
  }

  it('names the images, and each place where several are in one image', () => {
    const places = [
      ['/', '/boot/blob', 9],
      ['/second', '/second/blob', 8],
      ['/', '/boot/blob2', 7],
    ] as const
    expect(lines(twice(places.slice(0, 2)))).toEqual(['  boot/blob: 9 B in boot, 8 B in second'])
    expect(lines(twice(places))).toEqual([
      '  boot/blob: in 3 places',
      '    9 B  boot/blob',
      '    8 B  second/blob',
      '    7 B  boot/blob2',
    ])
  })

  it('fits the width, and leaves out places of many', () => {
    const long = twice(Array.from({ length: 9 }, (_, at) => ['/', `/boot/${'long'.repeat(30)}${at}`, 5]))
    const shown = lines(long, 60)
    expect(shown).toHaveLength(6)
    expect(shown.at(-1)).toBe('    and 5 more places (--json has all)')
    for (const line of shown) expect(line.length).toBeLessThanOrEqual(60)
  })
})
