import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { bytesSource } from '../../../parsers/bytes/source.ts'
import { openSource } from '../../../src/images/open-image.ts'
import { hexOfBase32 } from '../../../src/owners/nix/base32.ts'
import { narParts } from '../../../src/owners/nix/nar.ts'
import { ownersIn } from '../../../src/owners/owners-in.ts'
import { squashfsOf } from '../../parsers/squashfs/writer.ts'

const SCRIPT = `${'1'.repeat(32)}-script`
/** What `nix-hash --type sha256 --base32` says of a file "#!/bin/sh\n" with and without the right (Nix 2.8.0). */
const EXECUTABLE = '0m35wabrvlzjvv71f2xvca3vd91gh9mwvh4mm38h7yb0h9kc30v2'
const REGULAR = '1y12prnw0syl013dbx82i2b8yarwv7j0fw43g8n6nqn9xpvvaz0v'

/** An image of one file, which has another mode. The writer stores inodes as they are. */
function withMode(mode: number): Uint8Array {
  const bytes = Buffer.from(squashfsOf({ [SCRIPT]: '#!/bin/sh\n' }))
  const inode = bytes.indexOf(Uint8Array.of(2, 0, 0o755 & 0xff, 0o755 >> 8))
  bytes.writeUInt16LE(mode, inode + 2)
  return bytes
}

it.each([
  ['755', EXECUTABLE],
  ['700', EXECUTABLE],
  ['100', EXECUTABLE],
  ['655', REGULAR],
  ['610', REGULAR],
  ['601', REGULAR],
  ['644', REGULAR],
])('a file of mode %s is executable in a NAR if its owner may execute it', (octal, expected) => {
  const mode = Number.parseInt(octal, 8)
  const open = openSource(bytesSource(withMode(mode), 'store.squashfs'))
  const hash = createHash('sha256')
  for (const { before, entry } of narParts(ownersIn(open).owners.get(SCRIPT)!)) {
    hash.update(before)
    if (entry === undefined) continue
    expect(entry.mode & 0o777).toBe(mode)
    for (const chunk of open.reader.chunks(entry)) hash.update(chunk)
  }
  expect(hash.digest('hex')).toBe(hexOfBase32(expected, 32))
})
