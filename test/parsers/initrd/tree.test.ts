import { describe, expect, it } from 'vitest'
import { archive, folder, member, symlink } from '../cpio/writer.ts'
import { concat } from '../squashfs/writer.ts'
import { examine } from './examine.ts'

/** Bytes of a member with a name of one letter. */
const HEAD = 112

describe('the tree of an archive', () => {
  it('has what headers say', () => {
    const { entries, content, complete, warnings } = examine(
      archive(
        { name: 'file', content: 'hello', mode: 0o104755, uid: 1000, gid: 100, mtime: 1_700_000_000 },
        symlink('link', 'etc/file'),
        { name: 'null', mode: 0o20666, rdev: [1, 3] },
        { name: 'disk', mode: 0o60660, rdev: [300, 70_000] },
        { name: 'pipe', mode: 0o10600 },
        { name: 'socket', mode: 0o140700 },
      ),
    )
    expect({ complete, warnings }).toEqual({ complete: true, warnings: [] })
    expect(Object.keys(entries)).toEqual(['/', '/disk', '/file', '/link', '/null', '/pipe', '/socket'])
    expect(entries['/file']).toMatchObject({ type: 'file', size: 5, mode: 0o4755, uid: 1000, gid: 100, mtime: 17e8 })
    expect(entries['/link']).toMatchObject({ type: 'symlink', size: 8, target: 'etc/file' })
    expect(entries['/null']).toMatchObject({ type: 'charDevice', device: { major: 1, minor: 3 } })
    expect(entries['/disk']).toMatchObject({ type: 'blockDevice', device: { major: 300, minor: 70_000 } })
    expect([entries['/pipe']!.type, entries['/socket']!.type]).toEqual(['fifo', 'socket'])
    expect(content).toEqual({ '/file': 'hello' })
  })

  it('has what headers of odc say', () => {
    const { entries, content } = examine(
      archive(
        { name: 'file', content: 'odd', mode: 0o100755, uid: 7, gid: 8, mtime: 2 ** 32, format: 'odc' },
        { name: 'tty', mode: 0o20620, rdev: [4, 64], format: 'odc' },
      ),
    )
    expect(entries['/file']).toMatchObject({ size: 3, mode: 0o755, uid: 7, gid: 8, mtime: 2 ** 32 })
    expect(entries['/tty']!.device).toEqual({ major: 4, minor: 64 })
    expect(content).toEqual({ '/file': 'odd' })
  })

  it('is depth first, by name, with the directories that no archive names', () => {
    const { paths, entries } = examine(archive({ name: 'b/c/d' }, { name: 'b-' }, { name: 'a' }, { name: 'b/a' }))
    expect(paths).toEqual(['/', '/a', '/b', '/b/a', '/b/c', '/b/c/d', '/b-'])
    expect(entries['/b']).toMatchObject({ type: 'directory', mode: 0o755, size: 0 })
    expect(new Set(Object.values(entries).map(({ identity }) => identity)).size).toBe(7)
  })

  it('drops what leads to the root, and takes "." as the root', () => {
    const { paths, entries } = examine(
      archive(folder('.', { mode: 0o40700 }), folder('./x'), { name: '/y' }, { name: './x//./z' }),
    )
    expect(paths).toEqual(['/', '/x', '/x/z', '/y'])
    expect(entries['/']!.mode).toBe(0o700)
  })

  it('leaves out what leads upwards, or lies below a file', () => {
    const { paths, warnings, own, complete } = examine(
      archive({ name: '../a' }, { name: 'b/../c' }, { name: 'd' }, { name: 'd/e' }, { name: '.', content: 'x' }),
    )
    expect(paths).toEqual(['/', '/d'])
    expect(warnings.join('\n')).toMatch(/newc header of "\.\.\/a" at 0x0: its name leads upwards with "\.\."/)
    expect(warnings.join('\n')).toMatch(/newc header of "d\/e" at 0x15c: it lies below a name that is no directory/)
    expect(warnings.join('\n')).toMatch(/it has the name of the root and is no directory/)
    expect(complete).toBe(false)
    expect(own['members left out of the tree']).toBe(116 + 120 + 116 + HEAD + 4)
  })

  it('follows links to directories, as Linux does when it unpacks', () => {
    const { paths } = examine(
      archive(
        folder('usr'),
        folder('usr/lib'),
        symlink('lib', 'usr/lib'),
        { name: 'lib/a' },
        symlink('usr/up', '..'),
        { name: 'usr/up/b' },
        symlink('abs', '/usr/./lib/../lib'),
        { name: 'abs/c' },
      ),
    )
    expect(paths).toEqual(['/', '/abs', '/b', '/lib', '/usr', '/usr/lib', '/usr/lib/a', '/usr/lib/c', '/usr/up'])
  })

  it('follows no link in circles, to a file, or to nothing', () => {
    const { paths, warnings } = examine(
      archive(
        symlink('loop', 'loop'),
        { name: 'loop/a' },
        symlink('lost', 'nowhere'),
        { name: 'lost/a' },
        { name: 'f' },
        symlink('to-f', 'f'),
        { name: 'to-f/a' },
      ),
    )
    expect(paths).toEqual(['/', '/f', '/loop', '/lost', '/to-f'])
    expect(warnings).toHaveLength(3)
  })

  it('has a target up to its NUL', () => {
    expect(examine(archive(symlink('l', 'target\0'))).entries['/l']).toMatchObject({ target: 'target', size: 6 })
  })

  it('tells of names that do not end as they should, and of modes of no type', () => {
    const { paths, warnings, complete } = examine(
      archive(
        { name: 'a', writtenName: 'ab' },
        { name: 'b', writtenName: 'c\0d\0' },
        { name: 'e', mode: 0o70644 },
        { name: 'f', mode: 0o1100644 },
        { name: 'g', namesize: 0, writtenName: '' },
      ),
    )
    expect(paths).toEqual(['/', '/ab', '/c'])
    expect(complete).toBe(false)
    const told = warnings.join('\n')
    expect(told).toMatch(/newc header of "ab" at 0x0: name: its name does not end with its only NUL/)
    expect(told).toMatch(/mode: its mode is of no type of file, so it is left out; found 0o70644/)
    expect(told).toMatch(/namesize: its name is not of a length that Linux reads, so it is left out; found 0/)
  })

  it('has names as bytes', () => {
    expect(examine(archive({ name: 'caf\xc3\xa9' }, { name: '\xff' })).paths).toEqual(['/', '/caf\xc3\xa9', '/\xff'])
  })

  it('counts each member, with its padding, as its entry’s', () => {
    const { own } = examine(concat(archive({ name: 'a', content: '12345' }, folder('b')), new Uint8Array(36)))
    expect(own).toEqual({ '/': 0, '/a': HEAD + 8, '/b': HEAD, 'archive trailers': 124, padding: 36 })
  })
})

describe('names that several members have', () => {
  it('have the content of the last one, in one archive or in several', () => {
    const first = archive({ name: 'a', content: 'old' }, { name: 'a', content: 'newer' })
    const { content, own, paths } = examine(concat(first, archive({ name: 'a', content: 'newest', mode: 0o100600 })))
    expect(paths).toEqual(['/', '/a'])
    expect(content).toEqual({ '/a': 'newest' })
    expect(own).toMatchObject({
      '/a': HEAD + 8,
      'overwritten by a later member': HEAD + 4,
      'overwritten by a later archive': HEAD + 8,
      'archive trailers': 248,
    })
  })

  it('are one directory, with the last mode', () => {
    const { entries, own } = examine(
      concat(archive(folder('d'), { name: 'd/a' }), archive(folder('d', { mode: 0o40700 }))),
    )
    expect(entries['/d']!.mode).toBe(0o700)
    expect(own['/d']).toBe(2 * HEAD)
  })

  it('replace a file by a directory, and an empty directory by a file', () => {
    const { entries, own } = examine(
      concat(
        archive({ name: 'a', content: 'gone' }, folder('b')),
        archive(folder('a'), { name: 'a/x' }, { name: 'b' }),
      ),
    )
    expect(entries['/a']!.type).toBe('directory')
    expect(entries['/b']!.type).toBe('file')
    expect(own['overwritten by a later archive']).toBe(HEAD + 4 + HEAD)
  })

  it('do not replace a directory that has content', () => {
    const { entries, warnings } = examine(archive(folder('a'), { name: 'a/x' }, { name: 'a' }))
    expect(entries['/a']!.type).toBe('directory')
    expect(warnings).toEqual([
      expect.stringMatching(/newc header of "a" at 0xe4: a directory of its name has content, so it is left out/),
    ])
  })
})

describe('a header of the format crc', () => {
  const crc = (check?: number): Uint8Array =>
    archive({ name: 'a', content: 'abc', format: 'crc', ...(check === undefined ? {} : { check }) })

  it('has a right sum', () => {
    expect(examine(crc())).toMatchObject({ warnings: [], complete: true })
  })

  it('is told if its sum is wrong', () => {
    const { warnings, content } = examine(crc(1))
    expect(warnings).toEqual([
      'test.img: crc header at 0x66: check: its content has another sum; found 294, expected 1',
    ])
    expect(content).toEqual({ '/a': 'abc' })
  })

  it('sums more than one piece', () => {
    const content = new Uint8Array((3 << 20) + 5).fill(255)
    expect(examine(archive({ name: 'a', content, format: 'crc' })).warnings).toEqual([])
  })
})

describe('limits', () => {
  const many = archive({ name: 'a' }, { name: 'b/c' }, symlink('l', 'x'.repeat(50)))
  it.each([
    [{ entries: 3 }, /cpio archive at 0x[0-9a-f]+: too many names; the rest is left out; the limit is entries=3,/],
    [{ path: 5 }, /its paths are too long in total; the rest is left out; the limit is path=5,/],
    [{ depth: 1 }, /it is nested too deeply, so it is left out; the limit is depth=1,/],
    [{ symlink: 49 }, /its target is too long, so it is left out; found 50; the limit is symlink=49,/],
  ])('%o', (limits, sentence) => {
    const { warnings, complete } = examine(many, limits)
    expect(warnings.join('\n')).toMatch(sentence)
    expect(complete).toBe(false)
    expect(examine(many, { entries: 6, path: 10, depth: 2, symlink: 50 }).complete).toBe(true)
  })

  it('name the members that are not read', () => {
    const bytes = concat(...Array.from({ length: 50 }, (_, index) => member({ name: `n${index}` })))
    expect(examine(bytes, { entries: 10 }).own['members that are not read']).toBeGreaterThan(30 * HEAD)
  })
})
