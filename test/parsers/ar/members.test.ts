import { expect, it } from 'vitest'
import { arMembers } from '../../../parsers/ar/members.ts'
import { bytesSource } from '../../../parsers/bytes/source.ts'
import { arOf } from '../../owners/package-writers.ts'
import { concat, text } from '../squashfs/writer.ts'

const membersOf = (bytes: Uint8Array) => Array.from(arMembers(bytesSource(bytes, 'a.deb')))
const archive = arOf({ 'debian-binary': text('2.0\n'), 'odd/': text('odd'), last: text('last') })

it('members of an archive of ar begin at even offsets, and lose the slash of GNU ar', () => {
  expect(membersOf(archive)).toEqual([
    { name: 'debian-binary', offset: 68, size: 4 },
    { name: 'odd', offset: 132, size: 3 },
    { name: 'last', offset: 196, size: 4 },
  ])
})

it('members of an archive of ar end with what is no header', () => {
  expect(membersOf(archive.subarray(0, 100))).toHaveLength(1)
  expect(membersOf(archive.subarray(0, 134))).toHaveLength(2)
  expect(membersOf(concat(archive, text('x'.repeat(60))))).toHaveLength(3)
  const unnumbered = archive.slice()
  unnumbered.set(text('-1'), 72 + 48)
  expect(membersOf(unnumbered)).toHaveLength(1)
  expect(membersOf(text('!<arch>'))).toEqual([])
  expect(membersOf(concat(text('!<thin>\n'), archive.subarray(8)))).toEqual([])
})
