import { describe, expect, it } from 'vitest'
import { concat } from '../squashfs/writer.ts'
import { examineVolume } from './examine-volume.ts'
import { entry, LABEL, longEntry, longName, volume } from './volume-builder.ts'

/** The names in the root of a volume with these entries. */
const namesOf = (...root: readonly Uint8Array[]): readonly string[] => examineVolume(volume({ root })).paths.slice(1)

describe('a short name', () => {
  it.each([
    ['README  TXT', 0, '/README.TXT'],
    ['README     ', 0, '/README'],
    ['README  TXT', 0x08, '/readme.TXT'],
    ['README  TXT', 0x10, '/README.txt'],
    ['README  TXT', 0x18, '/readme.txt'],
    ['A B     C  ', 0, '/A B.C'],
    // The first byte 0xe5 marks deleted entries, so 0x05 stands for it.
    ['\x05BC     TXT', 0, '/σBC.TXT'],
    // Code page 437, in which the Greek capital sigma has a small letter and gamma has none.
    ['GR\x99\xe1E   TXT', 0, '/GRÖßE.TXT'],
    ['GR\x99\xe1E   TXT', 0x08, '/größe.TXT'],
    ['\xe2\xe4      \xe4  ', 0x08, '/Γσ.Σ'],
  ])('%j with case flags %d is %s', (name, caseFlags, path) => {
    expect(namesOf(entry({ name, caseFlags }))).toEqual([path])
  })

  it('of a deleted entry, of a label and after the end is not shown', () => {
    const { paths, open } = examineVolume(
      volume({
        root: [
          entry({ name: 'MY VOLUME  ', attributes: LABEL }),
          entry({ name: '\xe5ELETED TXT' }),
          entry({ name: 'A          ' }),
          new Uint8Array(32),
          entry({ name: 'AFTER      ' }),
        ],
        label: 'OLD LABEL',
      }),
    )
    expect(paths).toEqual(['/', '/A'])
    expect(open.image.facts['volumeLabel']).toBe('MY VOLUME')
  })

  it('is the label of the boot sector where the root has none', () => {
    expect(examineVolume(volume({ label: 'OLD LABEL' })).open.image.facts['volumeLabel']).toBe('OLD LABEL')
    expect(examineVolume(volume({})).open.image.facts['volumeLabel']).toBeUndefined()
  })
})

describe('a long name', () => {
  const short = 'ALONGN~1TXT'
  it.each([
    'a',
    'thirteen char',
    'fourteen chars',
    'Größe – naïve 日本語 name.txt',
    'emoji 😀 beyond the first plane',
    'n'.repeat(255),
  ])('%s', (name) => {
    expect(namesOf(longEntry(name, { name: short }))).toEqual([`/${name}`])
  })

  const oddity = /long directory entry at 0x[0-9a-f]+: parts of a long name belong to no entry; they are left out/
  it.each<[string, readonly Uint8Array[]]>([
    ['with the checksum of another name', [...longName('another name', short, 0x77), entry({ name: short })]],
    ['without its last part', [...longName('twenty-six letters or more', short).slice(1), entry({ name: short })]],
    ['without its first part', [...longName('twenty-six letters or more', short).slice(0, -1), entry({ name: short })]],
    ['with a part twice', [...longName('one', short), ...longName('one', short), entry({ name: short })].slice(0, 2)],
    ['before a deleted entry', [...longName('a deleted file', short), entry({ name: '\xe5LONGN~1TXT' })]],
    ['of 21 parts', [new Uint8Array([0x55, ...longName('x', short)[0]!.subarray(1)]), entry({ name: short })]],
    ['of no parts', [new Uint8Array([0x40, ...longName('x', short)[0]!.subarray(1)]), entry({ name: short })]],
  ])('%s is left out', (_, root) => {
    const { warnings, complete, paths } = examineVolume(volume({ root: [...root, entry({ name: 'LAST       ' })] }))
    expect(warnings.join()).toMatch(oddity)
    expect(complete).toBe(true)
    expect(paths.every((path) => ['/', '/ALONGN~1.TXT', '/LAST'].includes(path))).toBe(true)
    expect(paths).toContain('/LAST')
  })

  it('of another entry does not reach the next', () => {
    const root = [longEntry('first file', { name: 'FIRSTF~1   ' }), entry({ name: 'SECOND     ' })]
    expect(namesOf(...root)).toEqual(['/SECOND', '/first file'])
  })

  it('with a slash or a dot alone cannot be in a path and is left out with a warning', () => {
    const root = ['a/b', '..', '.'].map((name, index) => longEntry(name, { name: `X~${index}        ` }))
    const { paths, warnings, complete } = examineVolume(volume({ root: [concat(...root)] }))
    expect(paths).toEqual(['/'])
    expect(complete).toBe(false)
    expect(warnings[0]).toMatch(
      /directory entry "a\/b" at 0x\w+: name: no path can have this name; the entry is left out/,
    )
  })

  it('that a directory has twice is shown with a number', () => {
    const root = [1, 2, 3].map((index) => longEntry('same', { name: `SAME~${index}     `, size: 0 }))
    const { paths, warnings, complete } = examineVolume(volume({ root }))
    expect(paths).toEqual(['/', '/same', '/same;duplicate-2', '/same;duplicate-3'])
    expect(complete).toBe(true)
    expect(warnings.join()).toContain('a directory has a name twice')
  })
})
