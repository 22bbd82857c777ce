import { describe, expect, it } from 'vitest'
import { byteString } from '../../../parsers/bytes/byte-string.ts'
import { tarMembers } from '../../../parsers/tar/members.ts'
import { tarOf } from '../../owners/package-writers.ts'
import { text } from '../squashfs/writer.ts'

const namesIn = (...pieces: readonly Uint8Array[]) => Array.from(tarMembers(pieces), ({ name }) => name)
/** An extended header, as another type of member. */
const extension = (type: string, content: string): Uint8Array => {
  const archive = tarOf({ 'PaxHeader/x': content })
  archive.set(text(type), 156)
  archive.fill(0x20, 148, 156)
  const sum = archive.subarray(0, 512).reduce((total, byte) => total + byte, 0)
  archive.set(text(`${sum.toString(8).padStart(6, '0')}\0 `), 148)
  return archive
}

describe('members of a tar archive', () => {
  const archive = tarOf({ a: 'one', b: 'x'.repeat(600), c: '' })

  it('come with their content, wherever pieces end', () => {
    for (const cut of [0, 1, 511, 512, 513, 1023, 1500]) {
      const found = Array.from(tarMembers([archive.subarray(0, cut), archive.subarray(cut)]), (member) => [
        member.name,
        byteString(member.content()!),
        member.end,
      ])
      expect(found).toEqual([
        ['a', 'one', 1024],
        ['b', 'x'.repeat(600), 2560],
        ['c', '', 3072],
      ])
    }
  })

  it('end with zeros, with the archive, and with what is no header', () => {
    expect(namesIn(archive, new Uint8Array(1024), archive)).toEqual(['a', 'b', 'c'])
    expect(namesIn(archive.subarray(0, 1600))).toEqual(['a', 'b'])
    expect(namesIn(new Uint8Array())).toEqual([])
    const changed = archive.slice()
    changed[1024] = changed[1024]! ^ 1
    expect(namesIn(changed)).toEqual(['a'])
    const [, cut] = tarMembers([archive.subarray(0, 1600)])
    expect(cut!.content()).toBeUndefined()
  })

  it('have the names and sizes of extended headers, which count for one member', () => {
    const long = 'n'.repeat(300)
    expect(namesIn(extension('x', `${long.length + 10} path=${long}\n`), archive)).toEqual([long, 'b', 'c'])
    expect(namesIn(extension('L', `${long}\0`), archive)).toEqual([long, 'b', 'c'])
    expect(namesIn(extension('g', '13 path=all\n'), archive)).toEqual(['a', 'b', 'c'])
    const [first] = tarMembers([extension('x', '14 size=1024\n'), archive])
    expect([first!.name, first!.size]).toEqual(['a', 3])
    const [larger] = tarMembers([extension('x', '13 size=1024\n'), archive])
    expect([larger!.name, larger!.size]).toEqual(['a', 1024])
  })

  it('are not confused by extended headers that are damaged or too long', () => {
    for (const content of ['9 path\n', 'path=x\n', '99999 path=x\n', '7 path=x', '', '0 path=x\n', '8 =value\n']) {
      expect(namesIn(extension('x', content), archive), content).toEqual(['a', 'b', 'c'])
    }
    expect(namesIn(extension('L', 'z'.repeat(70_000)), archive)).toEqual(['a', 'b', 'c'])
    expect(namesIn(extension('x', '12 path=cut\n').subarray(0, 600))).toEqual([])
  })
})
