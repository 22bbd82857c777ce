import { describe, expect, it } from 'vitest'
import { hardLinksOf } from '../../../parsers/image.ts'
import { archive, type MemberFields } from '../cpio/writer.ts'
import { concat } from '../squashfs/writer.ts'
import { examine } from './examine.ts'

const HEAD = 112
const link = (name: string, content = '', more: Partial<MemberFields> = {}): MemberFields => ({
  name,
  content,
  ino: 5,
  nlink: 3,
  device: [8, 1],
  ...more,
})

describe('hard links', () => {
  it.each([
    ['the last name, as GNU cpio does', ['', '', 'data']],
    ['the first name', ['data', '', '']],
    ['each name, as in odc', ['data', 'data', 'data']],
  ])('have the content that is stored with %s', (_, contents) => {
    const { entries, content, own, image } = examine(
      archive(link('a', contents[0]), link('b', contents[1]), link('c', contents[2])),
    )
    expect(content).toEqual({ '/a': 'data', '/b': 'data', '/c': 'data' })
    expect(Object.values(entries).filter(({ size }) => size === 4)).toHaveLength(3)
    expect([...hardLinksOf(image.tree).values()]).toEqual([[1, 2, 3]])
    // Each has its header, and they share the content.
    const shared = contents.join('').length
    expect(own['/a']! + own['/b']! + own['/c']!).toBe(3 * HEAD + shared)
    expect(Math.abs(own['/a']! - own['/c']!)).toBeLessThanOrEqual(1)
  })

  it('are those of one archive, device and inode number', () => {
    const { content, entries } = examine(
      concat(
        archive(link('a', '1'), link('b', '2', { ino: 6 }), link('c', '3', { device: [8, 2] })),
        archive(link('d', '4'), { ...link('e', '5'), nlink: 1 }),
      ),
    )
    expect(content).toEqual({ '/a': '1', '/b': '2', '/c': '3', '/d': '4', '/e': '5' })
    expect(new Set(Object.values(entries).map(({ identity }) => identity)).size).toBe(6)
  })

  it('may be of devices, and of empty files', () => {
    const device = { mode: 0o20666, rdev: [1, 3] as const }
    const { entries } = examine(archive(link('a', '', device), link('b', '', device), link('c'), link('d')))
    expect(entries['/a']!.identity).toBe(entries['/b']!.identity)
    expect(entries['/c']!.identity).toBe(entries['/d']!.identity)
    expect(entries['/a']!.identity).not.toBe(entries['/c']!.identity)
  })

  it('keep their content when one name is overwritten, also that which it is stored with', () => {
    const { content, own } = examine(
      concat(archive(link('a'), link('b', 'data')), archive({ name: 'b', content: 'x' })),
    )
    expect(content).toEqual({ '/a': 'data', '/b': 'x' })
    expect(own).toMatchObject({ '/a': HEAD + 4, '/b': HEAD + 4, 'overwritten by a later archive': HEAD })
  })

  it('lose their content when all names are overwritten', () => {
    const later = archive({ name: 'a' }, { name: 'b' })
    const { own } = examine(concat(archive(link('a'), link('b', 'data')), later))
    expect(own['overwritten by a later archive']).toBe(2 * HEAD + 4)
  })

  it('may be one name twice', () => {
    const { content, own } = examine(archive(link('a', 'data'), link('a')))
    expect(content).toEqual({ '/a': 'data' })
    expect(own).toMatchObject({ '/a': HEAD + 4, 'overwritten by a later member': HEAD })
  })
})
