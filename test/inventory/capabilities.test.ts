import { describe, expect, it } from 'vitest'
import { byteString } from '../../parsers/bytes/byte-string.ts'
import { capabilityText } from '../../src/inventory/capabilities.ts'
import { pack } from '../parsers/squashfs/writer.ts'

const value = (...words: number[]): string => byteString(pack(...words.map((word): [number, number] => [4, word])))

describe('file capabilities', () => {
  it('are told of each revision (linux/capability.h)', () => {
    const raw = 1 << 13
    expect(capabilityText(value(0x01000001, raw, 0))).toBe('cap_net_raw=ep')
    expect(capabilityText(value(0x02000001, raw, 0, 0, 0))).toBe('cap_net_raw=ep')
    expect(capabilityText(value(0x02000000, raw, 0, 0, 0))).toBe('cap_net_raw=p')
    // Bit 8 of the second word: 40.
    expect(capabilityText(value(0x02000001, 0, raw, 1 << 8, 0))).toBe('cap_net_raw=ei cap_checkpoint_restore=ep')
    expect(capabilityText(value(0x03000001, raw | 1, 0, 0, 0, 1000))).toBe('cap_chown,cap_net_raw=ep [rootid=1000]')
    expect(capabilityText(value(0x02000001, 0, 0, 1 << 20, 0))).toBe('52=ep')
    expect(capabilityText(value(0x02000001, 0xffffffff, 0, 0x1ff, 0))).toBe('=ep')
    expect(capabilityText(value(0x02000000, 0, 0, 0, 0))).toBe('=')
  })

  it('that are none are told as what they are', () => {
    expect(capabilityText('')).toBe('of revision 0, which is not known (0 bytes)')
    expect(capabilityText(value(0x02000001, 1))).toBe('not whole (8 of 20 bytes)')
    expect(capabilityText(value(0x09000001, 1, 1))).toBe('of revision 9, which is not known (12 bytes)')
  })
})
