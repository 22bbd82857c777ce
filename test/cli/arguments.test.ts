import { describe, expect, it } from 'vitest'
import { UsageError } from '../../src/cli/exit-codes.ts'
import { parseFastArguments } from '../../src/cli/fast-arguments.ts'
import { parseYargsArguments } from '../../src/cli/yargs-arguments.ts'

/** What yargs makes of a command line, without what it adds for itself. */
async function byYargs(argv: readonly string[]): Promise<unknown> {
  const parsed = await parseYargsArguments(argv)
  if (parsed === undefined) return undefined
  const { _, $0, ...values } = parsed.values
  const known = Object.entries(values).filter(
    ([key, value]) => value !== undefined && key.length > 1 && !key.includes('-'),
  )
  return { name: parsed.name, values: Object.fromEntries(known) }
}

describe('plain command lines', () => {
  it.each([
    'a.iso',
    'report a.iso',
    'a.iso --json',
    'a.iso -n 5 --sort unpacked --min 5MiB',
    '-n5 a.iso -s name',
    '--top=0 a.iso --si --wide',
    'a.iso --bytes --full-paths --color always --offset 4K',
    './ls',
    'ls a.iso',
    'ls -lR a.iso /boot',
    'ls --json a.iso 123',
    'ls a.iso /a/b --recursive --long --bytes',
    'ls --find *.so a.iso -n 3 --sort stored -w',
    'ls -R --du a.iso nix-2.8.0/bin -s time --color never',
    'cat a.iso /version.txt',
    'cat --offset 4096 a.iso 0x10',
    'a.iso b.iso -f csv',
    'a.iso -o x.json -o y.json.gz --no-cache',
    'why a.iso perl glibc -ae --to x -j 2',
    'why-depends a.iso boost --references scan --all',
    'diff a.iso b.json --by package --only new --min 0 --exit-code',
    'diff a.iso b.iso systemd -f md --rebuilt',
    'check a.iso --max 1M --max initrd=2M --forbid *-dev --base b.json',
    'export -f dot a.iso --root x',
    'tree a.iso -d 3 -n 0 --full-paths',
    'referrers a.iso glibc --json',
    'why-depends a.iso bash boost',
    'ls a.iso -- -x',
    '-- -x',
    'cat -- a.iso --json',
  ])('%s: read as yargs reads it', async (line) => {
    const argv = line.split(' ')
    const plain = parseFastArguments(argv)
    expect(plain).toBeDefined()
    expect(plain).toEqual(await byYargs(argv))
  })

  it.each([
    '',
    '--help',
    'ls --help',
    '--version',
    'ls a.iso b c',
    'export a.iso',
    'a.iso --si --bytes',
    'a.iso --bytes --si',
    'a.iso -f csv --json',
    'a.iso --json --format text',
    'a.iso -n x',
    'a.iso -n -1',
    'a.iso -n 1e3',
    'a.iso --sort size',
    'ls a.iso --du -l',
    'ls a.iso --find x --du',
    'ls a.iso --find=',
    'ls a.iso --sort own',
    'a.iso --unknown',
    'a.iso --no-json',
    'a.iso --json=false',
    'a.iso --fullPaths',
    'a.iso -n 1 -n 2',
    'ls',
    'cat a.iso',
    'a.iso --min=',
    'a.iso why perl',
    '- --json',
  ])('"%s" is left to yargs', (line) => {
    expect(parseFastArguments(line.split(' ').filter((word) => word !== ''))).toBeUndefined()
  })
})

describe('yargs', () => {
  it.each([
    'ls a.iso b c',
    'export a.iso',
    'check a.iso --json -f md',
    'a.iso --si --bytes',
    'a.iso -f csv --json',
    'a.iso --json --format text',
    'a.iso --sort size',
    'ls a.iso --du -l',
    'ls a.iso --find x --du',
    'ls a.iso --find=',
    'a.iso --unknown',
    'cat a.iso',
    'check a.iso --max=',
    'diff a.iso b.iso --min',
    'a.iso -o',
    'export a.iso -f',
  ])('refuses "%s"', async (line) => {
    await expect(parseYargsArguments(line.split(' '))).rejects.toThrow(UsageError)
  })
})
