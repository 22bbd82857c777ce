import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { byteString } from '../../parsers/bytes/byte-string.ts'
import { tarMembers } from '../../parsers/tar/members.ts'
import { describeWith, mustRun } from '../oracle.ts'

const LONG = `${'directory-with-a-long-name/'.repeat(3)}${'x'.repeat(90)}`
const FILES: Readonly<Record<string, string>> = {
  empty: '',
  'whole-block': 'b'.repeat(512),
  small: 'some text\n',
  'spaces and -> arrows': 'odd',
  Grüße: 'not ASCII',
  [LONG]: 'behind a long name',
  [`${'deep/'.repeat(50)}${'y'.repeat(200)}`]: 'behind a name that only extensions have room for',
}

describeWith(['bsdtar', 'tar'], 'archives of tar', () => {
  let work = ''
  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'isoscope-tar-'))
    for (const [path, content] of Object.entries(FILES)) {
      mkdirSync(join(work, 'files', dirname(path)), { recursive: true })
      writeFileSync(join(work, 'files', path), content)
    }
    mustRun('ln', ['-s', 'small', join(work, 'files/link')])
    mustRun('ln', [join(work, 'files/small'), join(work, 'files/same')])
  })
  afterAll(() => rmSync(work, { recursive: true, force: true }))

  it.each([
    ['bsdtar', '--format=pax'],
    ['bsdtar', '--format=gnutar'],
    ['bsdtar', '--format=ustar'],
    ['bsdtar', '--format=v7'],
    ['tar', '--format=posix'],
    ['tar', '--format=gnu'],
    ['tar', '--format=oldgnu'],
  ])('of %s %s have the members that bsdtar lists and extracts', (tool, format) => {
    const path = join(work, `${tool}${format}.tar`)
    // Formats without room for a name leave its file out.
    const skipped = /ustar|v7/.test(format)
      ? ['--exclude=deep', ...(format.endsWith('v7') ? ['--exclude=dir*'] : [])]
      : []
    mustRun(tool, [format, ...skipped, '-cf', path, '-C', join(work, 'files'), '.'])
    const listed = mustRun('bsdtar', ['-tf', path], { env: { LC_ALL: 'C.UTF-8' } })
      .toString()
      .trim()
      .split('\n')
    const archive = mustRun('cat', [path])
    for (const piece of [archive.length, 512, 700, 7]) {
      const pieces = Array.from({ length: Math.ceil(archive.length / piece) }, (_, index) =>
        archive.subarray(index * piece, (index + 1) * piece),
      )
      const found = Array.from(tarMembers(pieces), (member) => {
        const content = member.type === '0' ? member.content() : undefined
        return { name: Buffer.from(member.name, 'latin1').toString(), content: content && byteString(content) }
      })
      expect(found.map(({ name }) => name)).toEqual(listed)
      const files = found.filter(({ content }) => content !== undefined)
      expect(files.length).toBeGreaterThanOrEqual(5)
      for (const { name, content } of files) {
        expect(content, name).toBe(byteString(Buffer.from(FILES[name.slice(2)] ?? FILES['small']!)))
      }
    }
  })

  it('with sizes above 8 GiB are passed over in full', () => {
    mustRun('truncate', ['-s', '9G', join(work, 'large')])
    const told = mustRun('sh', ['-c', `tar --format=gnu -cf - -C ${work} large | head -c 512`])
    const [member] = tarMembers([told])
    expect([member?.name, member?.size, member?.end]).toEqual(['large', 9 * 2 ** 30, 9 * 2 ** 30 + 512])
    rmSync(join(work, 'large'))
  })
})
