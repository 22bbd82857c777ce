import { describe, expect, it } from 'vitest'
import { UsageError } from '../../src/cli/exit-codes.ts'
import { parseFullArguments } from '../../src/cli/full-arguments.ts'
import { parsePlainArguments } from '../../src/cli/plain-arguments.ts'

/** What yargs makes of a command line, without what it adds for itself. */
async function byYargs(argv: readonly string[]): Promise<unknown> {
  const parsed = await parseFullArguments(argv)
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
    'cat a.iso /version.txt',
    'cat --offset 4096 a.iso 0x10',
  ])('%s: read as yargs reads it', async (line) => {
    const argv = line.split(' ')
    const plain = parsePlainArguments(argv)
    expect(plain).toBeDefined()
    expect(plain).toEqual(await byYargs(argv))
  })

  it.each([
    '',
    '--help',
    'ls --help',
    '--version',
    'a.iso b.iso',
    'a.iso --si --bytes',
    'a.iso --bytes --si',
    'a.iso -n x',
    'a.iso -n -1',
    'a.iso -n 1e3',
    'a.iso --sort size',
    'a.iso --unknown',
    'a.iso --no-json',
    'a.iso --json=false',
    'a.iso --fullPaths',
    'a.iso -n 1 -n 2',
    'ls',
    'cat a.iso',
    'ls a.iso -- -x',
    'a.iso --min=',
    '- --json',
  ])('"%s" is left to yargs', (line) => {
    expect(parsePlainArguments(line.split(' ').filter((word) => word !== ''))).toBeUndefined()
  })
})

describe('yargs', () => {
  it.each(['a.iso b.iso', 'a.iso --si --bytes', 'a.iso --sort size', 'a.iso --unknown', 'cat a.iso'])(
    'refuses "%s"',
    async (line) => {
      await expect(parseFullArguments(line.split(' '))).rejects.toThrow(UsageError)
    },
  )
})
