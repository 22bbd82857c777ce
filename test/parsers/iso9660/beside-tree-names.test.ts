import { describe, expect, it } from 'vitest'
import { namesBesideTree, type PartContents } from '../../../parsers/iso9660/beside-tree-names.ts'
import type { BootImage, Platform } from '../../../parsers/iso9660/el-torito.ts'
import type { Partition } from '../../../parsers/partition/partition.ts'

const EFI_SYSTEM = 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b'
const BASIC_DATA = 'ebd0a0a2-b9e5-4433-87c0-68b6b72699c7'
const LINUX = '0fc63daf-8483-4772-8e79-3d69d8477de4'

const boot = (number: number, platform: Platform): BootImage => ({
  number,
  platform,
  bootable: true,
  emulation: 0,
  loadSegment: 0,
  sectorCount: 0,
  block: 100,
  offset: 204_800,
})
const partition = (table: Partition['table'], number: number, type: string, name = ''): Partition => ({
  table,
  number,
  start: 204_800,
  length: 1 << 20,
  type,
  name,
})
const part = (images: readonly BootImage[], partitions: readonly Partition[], inPart = false): PartContents => ({
  images,
  partitions,
  inPart,
})

describe('the name of what lies beside the tree', () => {
  it.each<readonly [string, PartContents]>([
    ['EFI boot image, not in the tree', part([boot(1, 'EFI')], [])],
    ['BIOS boot image, not in the tree', part([boot(1, 'x86')], [])],
    ['boot image, not in the tree', part([boot(1, 'unknown')], [])],
    ['PowerPC boot image, in part not in the tree', part([boot(1, 'PowerPC')], [], true)],
    ['BIOS and EFI boot image, not in the tree', part([boot(1, 'x86'), boot(2, 'EFI'), boot(3, 'EFI')], [])],
    ['EFI boot image, partition 2, not in the tree', part([boot(2, 'EFI')], [partition('MBR', 2, '0xef')])],
    [
      'EFI boot image, partition 2, not in the tree',
      part([boot(2, 'EFI')], [partition('MBR', 2, '0xef'), partition('GPT', 2, BASIC_DATA, 'Appended2')]),
    ],
    [
      'EFI boot image, partition 2 of the MBR, partition 3 of the GPT, not in the tree',
      part([boot(2, 'EFI')], [partition('MBR', 2, '0xef'), partition('GPT', 3, EFI_SYSTEM)]),
    ],
    ['EFI system partition 2, not in the tree', part([], [partition('MBR', 2, '0xef')])],
    ['EFI system partition 2, not in the tree', part([], [partition('GPT', 2, EFI_SYSTEM, 'ESP')])],
    ['partition 3 (Linux filesystem), not in the tree', part([], [partition('MBR', 3, '0x83')])],
    [
      'partition 3 (Linux filesystem, "persistence"), not in the tree',
      part([], [partition('MBR', 3, '0x83'), partition('GPT', 3, LINUX, 'persistence')]),
    ],
    ['partition 4, not in the tree', part([], [partition('MBR', 4, '0x3f')])],
    ['partition 2 (Apple_Driver43), not in the tree', part([], [partition('APM', 2, 'Apple_Driver43')])],
  ])('is %j', (name, contents) => {
    expect(namesBesideTree([contents])).toEqual([name])
  })

  it('has numbers and tables where two would be alike', () => {
    const parts = [
      part([boot(1, 'EFI')], []),
      part([boot(2, 'x86')], []),
      part([boot(3, 'EFI')], []),
      part([], [partition('MBR', 2, '0xef')]),
      part([], [partition('GPT', 2, EFI_SYSTEM)]),
    ]
    expect(namesBesideTree(parts)).toEqual([
      'EFI boot image 1, not in the tree',
      'BIOS boot image, not in the tree',
      'EFI boot image 3, not in the tree',
      'EFI system partition 2 of the MBR, not in the tree',
      'EFI system partition 2 of the GPT, not in the tree',
    ])
  })

  it('is no longer for thousands of partitions at one place', () => {
    const many = Array.from({ length: 4096 }, (_, index) => partition('GPT', index + 1, LINUX))
    expect(namesBesideTree([part([], many)])[0]!.length).toBeLessThan(250)
  })
})
