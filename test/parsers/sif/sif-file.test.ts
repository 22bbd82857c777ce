import { describe, expect, it } from 'vitest'
import { Problems } from '../../../parsers/bytes/problems.ts'
import { bytesSource } from '../../../parsers/bytes/source.ts'
import { sifFile } from '../../../parsers/sif/sif-file.ts'
import { DEFINITION, OCI_BLOB, PARTITION, SIGNATURE, writeSif } from './writer.ts'

const sif = (bytes: Uint8Array) => {
  const source = bytesSource(bytes, 'a.sif')
  return sifFile(source, new Problems(source))
}
const some = Buffer.from('some content')

describe('a SIF file', () => {
  it('has its objects by name and place, and what partitions are for', () => {
    const bytes = writeSif([
      { type: DEFINITION, bytes: some },
      { type: PARTITION, bytes: some, fileSystem: 1, partition: 2 },
      { type: PARTITION, bytes: some, fileSystem: 2, partition: 3 },
      { type: PARTITION, bytes: some, fileSystem: 5, partition: 4 },
      { type: SIGNATURE, bytes: some },
      { type: OCI_BLOB, bytes: some },
      { type: 0x40ff, bytes: some },
      { type: DEFINITION, bytes: some, used: false },
    ])
    const { tables, objects } = sif(bytes)!
    expect(tables).toEqual([
      { offset: 0, length: 128, name: 'SIF header' },
      { offset: 4096, length: 48 * 585, name: 'SIF descriptor table' },
    ])
    expect(objects.map(({ name, offset, length }) => `${offset} ${length} ${name}`)).toEqual([
      '32768 12 SIF definition file',
      '36864 12 SIF partition (squashfs, primary system)',
      '40960 12 SIF partition (ext3, data)',
      '45056 12 SIF partition (an encrypted squashfs, overlay)',
      '49152 12 SIF signature',
      '53248 12 SIF OCI blob',
      '57344 12 SIF data object of type 0x40ff',
    ])
    expect(objects.map(({ isSquashfs }) => isSquashfs)).toEqual([false, true, false, false, false, false, false])
    expect(objects.map(({ isPrimary }) => isPrimary)).toEqual([false, true, false, false, false, false, false])
  })

  it('has numbers for objects of one name, and says what lies outside it', () => {
    const source = bytesSource(
      writeSif([
        { type: SIGNATURE, bytes: some },
        { type: DEFINITION, bytes: some, size: 5000 },
        { type: SIGNATURE, bytes: some },
      ]),
      'a.sif',
    )
    const problems = new Problems(source)
    const names = sifFile(source, problems)!.objects.map(({ name }) => name)
    expect(names).toEqual(['SIF signature, object 1', 'SIF definition file', 'SIF signature, object 3'])
    expect(problems.found()).toMatchObject({
      complete: false,
      warnings: [
        {
          code: 'TRUNCATED',
          facts: {
            structure: 'descriptor of SIF definition file',
            offset: 4096 + 585,
            found: 40_972,
            expected: 41_864,
          },
        },
      ],
    })
    const cut = bytesSource(writeSif([{ type: SIGNATURE, bytes: some }]).subarray(0, 4096 + 5 * 585 + 7), 'cut.sif')
    const lost = new Problems(cut)
    sifFile(cut, lost)
    expect(lost.found().warnings[0]!.message).toBe(
      'cut.sif: SIF header at 0x58: Dtotal: there are fewer descriptors of data objects; found 5, expected 48',
    )
  })

  it('is told by its magic', () => {
    expect(sif(new Uint8Array(4096))).toBeUndefined()
    expect(sif(writeSif([]).subarray(0, 127))).toBeUndefined()
    expect(sif(writeSif([]).subarray(0, 128))).toEqual({
      architecture: 'amd64',
      tables: [{ offset: 0, length: 128, name: 'SIF header' }],
      objects: [],
    })
  })

  it.each([
    ['2^31 descriptors', { total: 2 ** 31 }],
    ['2^60 descriptors', { total: 2 ** 60 }],
    ['descriptors in its header', { descriptorsOffset: 3 }],
    ['descriptors behind its end', { descriptorsOffset: 2 ** 50 }],
  ])('of %s is read in little time and memory', (_, spec) => {
    const started = process.cpuUsage()
    const file = sif(writeSif([{ type: DEFINITION, bytes: some, offset: 2 ** 60, size: 2 ** 63 }], spec))!
    expect(file.objects.length).toBeLessThanOrEqual(4096)
    const { user, system } = process.cpuUsage(started)
    expect(user + system).toBeLessThan(1_000_000)
  })
})
