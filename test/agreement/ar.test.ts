import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { arMembers } from '../../parsers/ar/members.ts'
import { byteString } from '../../parsers/bytes/byte-string.ts'
import { bytesSource } from '../../parsers/bytes/source.ts'
import { describeWith, mustRun } from '../oracle.ts'

const FILES: Readonly<Record<string, string>> = {
  'debian-binary': '2.0\n',
  odd: 'seven b',
  empty: '',
  'fifteen-letters': 'x'.repeat(5000),
}

describeWith(['ar', 'bsdtar'], 'archives of ar', () => {
  let work = ''
  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'isoscope-ar-'))
    for (const [name, content] of Object.entries(FILES)) writeFileSync(join(work, name), content)
  })
  afterAll(() => rmSync(work, { recursive: true, force: true }))

  it.each([
    ['ar', ['rcD', 'gnu.a']],
    ['bsdtar', ['--format=ar', '-cf', 'bsd.a']],
  ])('of %s have the members that ar lists and prints', (tool, args) => {
    mustRun(tool, [...args, ...Object.keys(FILES)], { cwd: work })
    const path = join(work, args.at(-1)!)
    const bytes = readFileSync(path)
    const found = Array.from(arMembers(bytesSource(bytes, 'archive')), ({ name, offset, size }) => [
      name,
      byteString(bytes.subarray(offset, offset + size)),
    ])
    expect(found.map(([name]) => name)).toEqual(mustRun('ar', ['t', path]).toString().trim().split('\n'))
    expect(found).toEqual(found.map(([name]) => [name, mustRun('ar', ['p', path, name!]).toString()]))
    expect(found).toHaveLength(Object.keys(FILES).length)
  })
})
