import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { COMMAND_NAMES } from '../../src/cli/commands.ts'
import { IMAGES, isoscope, type Said } from './run.ts'

let work = ''
const at = (name: string): string => join(work, name)
const put = (name: string, bytes: Uint8Array | string): string => {
  writeFileSync(at(name), bytes)
  return at(name)
}

beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'isoscope failures '))
})
afterAll(() => {
  rmSync(work, { recursive: true, force: true })
})

/** One sentence, exit code 2, no stack trace, nothing on stdout. */
function expectRefusal(said: Said, sentence: RegExp): void {
  expect(said.stderr).toMatch(sentence)
  expect(said.stderr.trim().split('\n')).toHaveLength(1)
  expect(said.stderr).not.toMatch(/^ {4}at /m)
  expect(said.stdout.toString()).toBe('')
  expect(said.code).toBe(2)
}

describe('input that is no image', () => {
  const empty = new Uint8Array(0)
  const zeros = new Uint8Array(100_000)
  const withBytes = (offset: number, bytes: readonly number[]): Uint8Array => {
    const copy = zeros.slice()
    copy.set(bytes, offset)
    return copy
  }
  const ascii = (text: string): number[] => [...text].map((character) => character.charCodeAt(0))
  it.each<[string, Uint8Array | string, RegExp]>([
    ['an empty file', empty, /first bytes at 0x0: the file is empty/],
    ['text', 'hello\n'.repeat(10_000), /this is text; it is none of squashfs, ISO9660, .*FAT, disk image$/m],
    ['zeros', zeros, /this is all zeros/],
    ['one byte', 'x', /too short for an ISO/],
    [
      'an .iso.zst',
      withBytes(0, [0x28, 0xb5, 0x2f, 0xfd]),
      /this is a file compressed with zstd; decompress it first: zstd -d/,
    ],
    ['gzip', withBytes(0, [0x1f, 0x8b]), /a file compressed with gzip/],
    ['xz', withBytes(0, [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]), /a file compressed with xz/],
    ['a kernel', withBytes(510, [0x55, 0xaa]), /boot sector/],
    ['raw sectors', withBytes(16 * 2352 + 16, [1, ...ascii('CD001')]), /raw 2352-byte sectors \(mode 1\); convert/],
    [
      'UDF without ISO9660',
      withBytes(
        32769,
        [...'BEA01'].map((c) => c.charCodeAt(0)),
      ),
      /UDF/,
    ],
    ['squashfs 3', oldSquashfs(3, true), /squashfs 3\.1, little-endian: 77 inodes.*only little-endian squashfs 4\.0/],
    [
      'big-endian squashfs',
      oldSquashfs(3, false),
      /squashfs 3\.1, big-endian: 77 inodes, block size 131072, 4242 bytes used/,
    ],
    ['squashfs 1', oldSquashfs(1, true), /squashfs 1\.1, little-endian/],
  ])('%s', (name, bytes, sentence) => {
    expectRefusal(isoscope([put(`${name}.iso`, bytes)]), sentence)
  })

  it('a directory', () => expectRefusal(isoscope([work]), /: is a directory/))
  it('a pipe', () =>
    expectRefusal(
      isoscope(['report', '-']),
      /-: an image is read at any offset, which standard input does not allow; give a file/,
    ))
  it('a missing file', () => expectRefusal(isoscope([at('missing.iso')]), /missing\.iso: no such file/))
  it('a word that is neither command nor file', () => expectRefusal(isoscope(['wy']), /no such command or file 'wy'/))
  it('a dangling link', () => {
    symlinkSync('nowhere', at('dangling'))
    expectRefusal(isoscope([at('dangling')]), /no such file/)
  })
  it('a named pipe, without waiting for a writer', () => {
    execFileSync('mkfifo', [at('pipe')])
    expectRefusal(isoscope([at('pipe')]), /named pipe at 0x0: only a regular file/)
  })
  it('a device', () => expectRefusal(isoscope(['/dev/zero']), /device at 0x0: only a regular file/))
})

describe('a superblock that is wrong', () => {
  const good = readFileSync(join(IMAGES, 'zstd.squashfs'))
  const changed = (offset: number, ...bytes: number[]): Uint8Array => {
    const copy = Uint8Array.from(good)
    copy.set(bytes, offset)
    return copy
  }
  it.each<[string, Uint8Array, RegExp]>([
    ['block size', changed(12, 1, 0, 0, 0), /superblock at 0xc: blockSize: .*found 1, expected a power of two/],
    ['block log', changed(22, 31, 0), /superblock at 0x16: blockLog: does not agree.*found 31/],
    ['compressor', changed(20, 9, 0), /superblock at 0x14: compression: no such compressor; found 9/],
    ['version', changed(28, 4, 0, 7, 0), /superblock at 0x1c: version: .*found 4\.7, expected 4\.0/],
    [
      'cut short',
      good.subarray(0, 95),
      /superblock at 0x0: cut short: it takes bytes \[0, 96\), and there are only 95/,
    ],
  ])('%s', (name, bytes, sentence) => {
    expectRefusal(isoscope([put(`${name}.squashfs`, bytes)]), sentence)
  })
})

/** The accounts of a damaged image: still shown, still exact, with exit code 2 and a sentence. */
function expectPartial(path: string, size: number, sentence: RegExp, ...more: string[]): Record<string, number> {
  const said = isoscope([path, '--json', ...more])
  expect(said.stderr).toMatch(sentence)
  expect(said.stderr).not.toMatch(/^ {4}at /m)
  expect(said.code).toBe(2)
  const { accounts } = JSON.parse(said.stdout.toString()) as { accounts: { kind: string; own: number }[] }
  const kinds: Record<string, number> = {}
  for (const { kind, own } of accounts) kinds[kind] = (kinds[kind] ?? 0) + own
  expect(Object.values(kinds).reduce((a, b) => a + b, 0)).toBe(size)
  return kinds
}

describe('damaged images', () => {
  it('a truncated squashfs: nothing can be listed, and all of it is unreadable', () => {
    const path = put('truncated.squashfs', readFileSync(join(IMAGES, 'zstd.squashfs')).subarray(0, 9000))
    const kinds = expectPartial(
      path,
      9000,
      /truncated\.squashfs: superblock at 0x28: bytesUsed: the file ends before the squashfs does/,
      '-v',
    )
    expect(kinds['unreadable']).toBeGreaterThan(8000)
  })

  it('a truncated ISO: what is there is listed, the squashfs inside named', () => {
    const path = put('truncated.iso', readFileSync(join(IMAGES, 'mini.iso')).subarray(0, 600_000))
    const kinds = expectPartial(
      path,
      600_000,
      /nix-store\.squashfs in .*truncated\.iso: superblock at 0x28 \(0x[0-9a-f]+ of the outer file\)/,
      '--verbose',
    )
    expect(kinds['unreadable']).toBeGreaterThan(0)
    const listed = isoscope(['ls', '-R', path])
    expect(listed.stdout.toString()).toContain('/isolinux/isolinux.bin')
  })

  it('a truncated image is first said to be cut short, in one sentence where no more is asked for', () => {
    const path = put('cut.iso', readFileSync(join(IMAGES, 'mini.iso')).subarray(0, 600_000))
    const sentence =
      /^isoscope: [^\n]*cut\.iso is cut short: 585\.9 KiB of 2\.0 MiB; download or copy it again \(-v [^\n]*\)\n/
    for (const args of [[], ['ls'], ['tree'], ['export', '-f', 'ncdu'], ['check', '--max', '1M']]) {
      const [command = 'report', ...more] = args
      const { code, stderr } = isoscope([command, path, ...more])
      expect({ command, code }).toEqual({ command, code: 2 })
      expect(stderr).toMatch(sentence)
      expect(stderr.trim().split('\n')).toHaveLength(1)
    }
    expect(isoscope(['why', path, 'bash']).stderr).toMatch(sentence)
    expect(isoscope(['cat', path, '/version.txt']).stderr).toMatch(sentence)
    expect(isoscope(['cat', path, '/nix-store.squashfs/x']).stderr).toMatch(sentence)
    const { stderr } = isoscope([path, '-v'])
    expect(stderr).toMatch(sentence)
    expect(stderr).toMatch(/primary volume descriptor at 0x8050: Volume Space Size: .*found 600000, expected 2097152/)
    const short = put('short.iso', readFileSync(join(IMAGES, 'mini.iso')).subarray(0, 2_097_151))
    expect(isoscope([short]).stderr).toMatch(/short\.iso is cut short: 2,097,151 of 2,097,152 bytes; download/)
  })

  it('an ISO cut off anywhere never loses a byte', () => {
    const iso = readFileSync(join(IMAGES, 'mini.iso'))
    for (const size of [34_816, 36_000, 40_960, 49_153, 65_536, 131_071, 260_000, 900_000]) {
      expectPartial(put('cut.iso', iso.subarray(0, size)), size, /cut\.iso/)
    }
  })

  it('a squashfs with a damaged inode table', () => {
    const bytes = Uint8Array.from(readFileSync(join(IMAGES, 'gzip.squashfs')))
    const inodeTable = Number(new DataView(bytes.buffer).getBigUint64(64, true))
    bytes.fill(0xaa, inodeTable + 10, inodeTable + 60)
    const kinds = expectPartial(
      put('inodes.squashfs', bytes),
      bytes.length,
      /inode table at 0x[0-9a-f]+: a block does not decompress/,
    )
    expect(kinds['unreadable']).toBeGreaterThan(0)
  })

  it('random bytes changed in the tables: an answer that adds up, or one sentence', () => {
    const good = readFileSync(join(IMAGES, 'zstd.squashfs'))
    const inodeTable = Number(good.readBigUInt64LE(64))
    for (let round = 0; round < 12; round += 1) {
      const bytes = Uint8Array.from(good)
      bytes[inodeTable + ((round * 211) % (good.length - inodeTable - 4096))]! ^= 1 << (round % 8)
      const said = isoscope([put('flipped.squashfs', bytes), '--json'])
      expect(said.stderr).not.toMatch(/^ {4}at /m)
      expect([0, 2]).toContain(said.code)
      if (said.stdout.length === 0) continue
      const { accounts } = JSON.parse(said.stdout.toString()) as { accounts: { own: number }[] }
      expect(accounts.reduce((sum, account) => sum + account.own, 0)).toBe(good.length)
    }
  })

  it('content that does not decompress: cat says where and stops', () => {
    const bytes = Uint8Array.from(readFileSync(join(IMAGES, 'zstd.squashfs')))
    const inodeTable = Number(new DataView(bytes.buffer).getBigUint64(64, true))
    bytes.fill(0xee, 120, inodeTable)
    const path = put('content.squashfs', bytes)
    const lines = isoscope(['ls', '-R', '-f', 'ndjson', path]).stdout.toString().trim().split('\n')
    const files = lines.map((line) => JSON.parse(line) as { path: string; type: string; stored: number })
    const results = files
      .filter(({ type, stored }) => type === 'file' && stored > 100)
      .slice(0, 12)
      .map((file) => isoscope(['cat', path, file.path]))
    // Blocks stored as they are have no checksum, so damage in them cannot be told.
    const refused = results.filter(({ code }) => code === 2)
    expect(refused.length).toBeGreaterThan(3)
    for (const { stderr, stdout } of refused) {
      expect(stderr).toMatch(
        /^isoscope: [^\n]*\/content\.squashfs: data block at 0x[0-9a-f]+: does not decompress: .+\n$/,
      )
      // What came before the damage is whole blocks.
      expect(stdout.length % 4096).toBe(0)
    }
  })
})

describe('a squashfs inside an ISO that is damaged', () => {
  const iso = readFileSync(join(IMAGES, 'mini.iso'))
  const start = iso.indexOf(Buffer.from('hsqs'), 40_960)
  const damaged = (name: string, offset: number, bytes: readonly number[]): string => {
    const copy = Uint8Array.from(iso)
    copy.set(bytes, start + offset)
    return put(name, copy)
  }
  const noise = Array.from({ length: 100 }, (_, index) => (index * 197 + 13) & 0xff)
  const directoryTable = Number(iso.readBigUInt64LE(start + 72))

  it.each<[string, number, readonly number[], RegExp]>([
    [
      'compressor.iso',
      20,
      [0, 0],
      /nix-store\.squashfs in .*compressor\.iso: superblock at 0x14 .*no such compressor; found 0/,
    ],
    [
      'major.iso',
      28,
      [0xff, 0xff],
      /nix-store\.squashfs in .*major\.iso: superblock at 0x1c .*version: .*found 65535\.0/,
    ],
    ['old.iso', 28, [3, 0, 1, 0], /nix-store\.squashfs in .*old\.iso: superblock .*squashfs 3\.1/],
    ['directories.iso', directoryTable + 20, noise, /nix-store\.squashfs in .*directories\.iso: .*directory table/],
  ])('%s: told by the report and by ls -R, with exit code 2', (name, offset, bytes, sentence) => {
    const path = damaged(name, offset, bytes)
    expectPartial(path, iso.length, sentence)
    expect(JSON.parse(isoscope([path, '--json']).stdout.toString())).toMatchObject({ image: { complete: false } })
    const listed = isoscope(['ls', '-R', path])
    expect(listed.stderr).toMatch(sentence)
    expect(listed.code).toBe(2)
    expect(listed.stdout.toString()).toContain('/isolinux/isolinux.bin')
  })
})

describe('a path that leads to no file', () => {
  const COMMANDS = [
    ['report'],
    ['ls'],
    ['cat', 'x'],
    ['why', 'x'],
    ['tree'],
    ['check', '--max', '1G'],
    ['diff', 'mini.iso'],
  ]
  it.each(COMMANDS.map((args) => [args.join(' '), args] as const))('%s', (_, [command, ...more]) => {
    const folder = mkdtempSync(join(tmpdir(), 'isoscope-path-'))
    symlinkSync(join(folder, 'loop'), join(folder, 'loop'))
    const red = join(folder, '\x1b[31mred\n\u202e')
    writeFileSync(red, 'a file')
    for (const [path, sentence] of [
      [`${join(IMAGES, 'mini.iso')}/`, /part of the path is not a directory/],
      [join(IMAGES, 'mini.iso/x'), /part of the path is not a directory/],
      [join(folder, 'loop'), /too many symbolic links/],
      [join(folder, 'x'.repeat(300)), /the name is too long/],
      ['x'.repeat(300), /the name is too long|no such command or file/],
      [join(red, 'below'), /\\x1b\[31mred\\n\\u202e\/below: .*part of the path is not a directory/],
    ] as const) {
      const { code, stderr } = isoscope([command!, path, ...more])
      expect(stderr).toMatch(sentence)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not reach a terminal
      expect(stderr).not.toMatch(/internal error|[\x1b\u202e]/)
      expect(code).toBe(2)
    }
    rmSync(folder, { recursive: true })
  })
})

describe('usage', () => {
  it.each<[string, string[], RegExp]>([
    ['an unknown option', ['mini.iso', '--tpo', '3'], /unknown option '--tpo'; did you mean --top\?/],
    [
      'an unknown sort',
      ['mini.iso', '--sort', 'x'],
      /--sort: 'x' is none of own, retained, closure, unpacked, files, name$/m,
    ],
    ['a count that is none', ['mini.iso', '-n', 'abc'], /-n: takes a whole number/],
    ['a size that is none', ['mini.iso', '--min', 'zz'], /--min: 'zz' is not a size/],
    ['a misspelt command', ['lss', 'mini.iso'], /no such command or file 'lss'; did you mean 'ls'\?/],
    ['a word that is no image', ['mini.iso', 'more'], /no such command or file 'more'; isoscope --help/],
    [
      'an argument too many',
      ['cat', 'mini.iso', '/version.txt', 'more'],
      /'more' is one argument too many: cat takes one image, then the path of a file in it/,
    ],
    ['a misspelt option', ['mini.iso', '--srot', 'own'], /unknown option '--srot'; did you mean --sort\?/],
    ['an argument too few', ['cat', 'mini.iso'], /cat needs the path of a file in it: isoscope cat <image> <path>/],
    ['units that exclude each other', ['mini.iso', '--si', '--bytes'], /--si and --bytes cannot be given together/],
    ['an unknown option before the image', ['-Q', 'mini.iso'], /unknown option '-Q'; isoscope report --help lists/],
    [
      'an option of another command',
      ['why', 'mini.iso', 'bash', '-d', '3'],
      /unknown option '-d' of why; isoscope why/,
    ],
    [
      'an option that resembles none',
      ['why', 'mini.iso', 'bash', '--nope'],
      /unknown option '--nope' of why; isoscope why/,
    ],
    ['a format as an option', ['why', 'mini.iso', 'bash', '--md'], /'--md' of why; did you mean --format md\?$/m],
    ['a format that the command lacks', ['export', 'mini.iso', '--csv'], /'--csv' of export; isoscope export --help/],
    ['an option by another name', ['check', 'mini.iso', '--limit', '1M'], /'--limit' of check; did you mean --max\?$/m],
    ['the same of another command', ['mini.iso', '--limit', '5'], /unknown option '--limit'; did you mean --top\?$/m],
    [
      'a URL of another kind',
      ['ftp://127.0.0.1/a.iso'],
      /^isoscope: ftp:\/\/127.0.0.1\/a.iso: only http and https URLs are read$/m,
    ],
    [
      'a server that is not there',
      ['https://127.0.0.1:1/a.iso'],
      /a.iso: file at 0x0: the server refuses the connection$/m,
    ],
    ['a budget', ['check', 'mini.iso', '--budget', '1M'], /'--budget' of check; did you mean --max\?$/m],
    ['a place of extract', ['extract', 'mini.iso', '/', '--to', 'x'], /'--to' of extract; did you mean --output\?$/m],
    ['a folder of extract', ['extract', 'mini.iso', '/', '-C', 'x'], /'-C' of extract; did you mean --output\?$/m],
    ['a trial of extract', ['extract', 'mini.iso', '/', '--dry-run'], /of extract; did you mean --list\?$/m],
    ['levels of a tree', ['tree', 'mini.iso', '-L', '2'], /'-L' of tree; did you mean --depth\?$/m],
    ['rows by directory', ['mini.iso', '--directory'], /'--directory'; did you mean --by directory\?$/m],
    ['JSON of a document', ['sbom', 'mini.iso', '--json'], /of sbom; did you mean --format cyclonedx\?$/m],
    ['another word for sbom', ['spdx', 'mini.iso'], /'spdx'; see isoscope sbom IMAGE -o sbom\.spdx\.json$/m],
    ['a letter of ls', ['ls', 'mini.iso', '-lS'], /unknown option '-S' of ls; did you mean --sort size\?$/m],
    [
      'a shell that is missing',
      ['completion'],
      /completion needs a shell, one of bash, zsh, fish, powershell: isoscope/,
    ],
    ['a misspelt --help', ['--hlep'], /unknown option '--hlep'; did you mean --help\?$/m],
    ['a command of another program', ['find', 'mini.iso'], /'find'; see isoscope ls IMAGE --find '\*NAME\*'$/m],
    ['a question', ['compression', 'mini.iso'], /'compression'; see isoscope advise IMAGE --packing$/m],
    [
      'a file without its extension',
      ['rockridge'],
      /no such command or file 'rockridge'; did you mean 'rockridge\.iso'\?/,
    ],
    ['the same after a command', ['ls', 'rockridge'], /no such file 'rockridge'; did you mean 'rockridge\.iso'\?$/m],
    ['a word after a command', ['ls', 'nope'], /no such file 'nope'$/m],
    ['the image after the name', ['why', 'boost', 'mini.iso'], /the image comes first: isoscope why mini\.iso boost$/m],
    ['a reference without quotes', ['without', 'mini.iso', 'system-path', '-'], /quote a reference: 'FROM -> TO'/],
    ['a directory', ['nix'], /nix: is a directory$/m],
    ['a directory with images', ['ls', '.'], /\.: is a directory; did you mean deep\.iso\?$/m],
    [
      'a header without a value',
      ['ls', 'http://a.b/c', '--header', 'secret'],
      /^isoscope: --header: give "NAME: VALUE"$/m,
    ],
    ['a file URL of another host', ['ls', 'file://host/a.iso'], /is not the URL of a file of this machine$/m],
    ['no place to write to', ['extract', 'mini.iso', '/'], /extract needs --output: the directory to write to$/m],
    ['an extension that is nearly one', ['mini.iso', '-o', 'x.htm'], /in which format; did you mean \.html\?$/m],
    ['an option without its value', ['mini.iso', '-n', '--json'], /-n needs a value: rows to show/],
    ['a command that is far from any', ['xyzzy', 'mini.iso'], /no such command or file 'xyzzy'; isoscope --help lists/],
    [
      'a command in second place',
      ['mini.iso', 'why', 'bash'],
      /the command comes first: isoscope why mini\.iso bash$/m,
    ],
    ['an option before the command', ['--json', 'ls', 'a b.iso'], /comes first: isoscope ls --json 'a b\.iso'$/m],
    ['two images for one', ['check', 'a.iso', 'b.iso'], /'b\.iso' is one argument too many: check takes one image$/m],
    [
      'a name that is missing',
      ['why', 'mini.iso'],
      /why needs the name of a store path or package: isoscope why <image>/,
    ],
    ['an image that is missing', ['diff', 'mini.iso'], /diff needs the new image: isoscope diff <old> <new> \[path\]/],
    ['a format that is missing', ['export', 'mini.iso'], /export needs --format, one of ncdu, dot/],
    ['a file behind --', ['--', '-dash.iso'], /-dash\.iso: no such file/],
    [
      'a place to save that is not there',
      ['mini.iso', '-o', '/nowhere/x.json'],
      /x\.json: cannot be written: there is no such directory$/m,
    ],
    ['a path that is not there', ['ls', 'mini.iso', '/boot/nope'], /mini\.iso: no \/boot\/nope in it/],
    [
      'a path that is nearly there',
      ['ls', 'mini.iso', '/boot/efi.mg'],
      /no \/boot\/efi\.mg in it; did you mean \/boot\/efi\.img\?$/m,
    ],
    [
      'the same in an image inside',
      ['cat', 'mini.iso', '/boot/efi.img/EFI/BOOT/BOOTX46.EFI'],
      /did you mean \/boot\/efi\.img\/EFI\/BOOT\/BOOTX64\.EFI\?$/m,
    ],
    ['a path into a file', ['ls', 'mini.iso', '/version.txt/x'], /mini\.iso: no \/version\.txt\/x in it/],
    ['the inside of a file', ['ls', 'mini.iso', '/version.txt/'], /is a file, and holds no image/],
    ['the content of a directory', ['cat', 'mini.iso', '/boot'], /\/boot is a directory, not a regular file/],
    ['an offset past the end', ['zstd.squashfs', '--offset', '1G'], /image at 0x40000000: cut short: .*only 24576/],
  ])('%s', (_, args, sentence) => {
    expectRefusal(isoscope(args), sentence)
  })

  it('says nothing of a reader that has seen enough', async () => {
    const bin = fileURLToPath(new URL('../../bin/isoscope.js', import.meta.url))
    const child = spawn('/bin/sh', ['-c', `"${process.execPath}" "${bin}" ls -lR mini.iso | head -1; echo`], {
      cwd: IMAGES,
    })
    let stderr = ''
    child.stderr.on('data', (data: Buffer) => {
      stderr += data.toString()
    })
    await new Promise((resolve) => child.on('close', resolve))
    expect(stderr).toBe('')
  })

  it.skipIf(spawnSync('perl', ['-v']).error !== undefined)('waits for a reader that does not make it wait', () => {
    const bin = fileURLToPath(new URL('../../bin/isoscope.js', import.meta.url))
    const nonblocking = 'use Fcntl; fcntl(STDOUT, F_SETFL, O_WRONLY | O_NONBLOCK) or die; exec @ARGV'
    const cat = `"${process.execPath}" "${bin}" cat mini.iso /nix-store.squashfs`
    const said = spawnSync('/bin/sh', ['-c', `perl -e '${nonblocking}' ${cat} | (sleep 1; cat)`], {
      cwd: IMAGES,
      maxBuffer: 1 << 24,
    })
    const expected = isoscope(['cat', 'mini.iso', '/nix-store.squashfs']).stdout
    // More than a pipe holds, so that a part of it had to wait.
    expect(expected.length).toBeGreaterThan(1 << 16)
    expect(said.stdout.equals(expected)).toBe(true)
    expect(said.stderr.toString()).toBe('')
  })

  it('says why nothing more was written to a full disk', () => {
    const bin = fileURLToPath(new URL('../../bin/isoscope.js', import.meta.url))
    const said = spawnSync('/bin/sh', ['-c', `exec "${process.execPath}" "${bin}" mini.iso --json > /dev/full`], {
      cwd: IMAGES,
    })
    expect(said.stderr.toString()).toMatch(/^isoscope: standard output cannot be written: .*ENOSPC.*\n$/)
    expect(said.status).toBe(2)
  })

  it('shows help when run with nothing, and ends with 2', () => {
    const said = isoscope([])
    expect(said.code).toBe(2)
    expect(said.stderr).toContain('isoscope help COMMAND')
    expect(said.stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(15)
    for (const name of COMMAND_NAMES) expect(said.stderr).toMatch(new RegExp(`[ ,]${name}[,\\n]`))
  })

  it('shows help of the program and of a command, as a command and as an option', () => {
    expect(isoscope(['help'])).toEqual(isoscope(['--help']))
    expect(isoscope(['help']).code).toBe(0)
    for (const name of COMMAND_NAMES) {
      const said = isoscope(['help', name])
      expect(said).toEqual(isoscope([name, '--help']))
      expect(said.stdout.toString()).toMatch(/\nExamples:\n(.*\n)? {2,4}isoscope .*\n(.*\n)?? {2,4}isoscope /)
    }
    expect(isoscope(['help', 'wyh'])).toMatchObject({ code: 2, stderr: expect.stringMatching(/did you mean 'why'/) })
    expect(isoscope(['version', '-v'])).toEqual(isoscope(['--version', '-v']))
  })

  it('tells the version and how decoders run', () => {
    expect(isoscope(['--version']).stdout.toString()).toMatch(/^isoscope \d+\.\d+\.\d+\n$/)
    const verbose = isoscope(['--version', '--verbose']).stdout.toString()
    expect(verbose).toMatch(/\nnode \d+\.\d+\.\d+\ndecoders in WebAssembly\n$/)
  })

  it.each([[['-v', '--verbose']], [['-vv']]])('prints a time line for %j, and the same answer', (words) => {
    const image = 'mini.iso'
    const plain = isoscope([image, '--references', 'scan', '--no-cache', '-v'])
    const timed = isoscope([image, '--references', 'scan', '--no-cache', ...words])
    expect([timed.code, timed.stdout.toString()]).toEqual([0, plain.stdout.toString()])
    const lines = timed.stderr.split('\n')
    const events = lines.flatMap((line) => /^ *(\d+) {2}(\D+)$/.exec(line)?.slice(1) ?? [])
    const names = events.filter((_, index) => index % 2 === 1)
    const times = events.filter((_, index) => index % 2 === 0).map(Number)
    expect(names).toEqual(
      expect.arrayContaining([
        'arguments are read',
        'image is open',
        'hashes are known',
        'contents are searched',
        'printed',
      ]),
    )
    expect(times).toEqual([...times].sort((a, b) => a - b))
    expect(plain.stderr).not.toContain('printed')
  })
})

/** The first 120 bytes of a squashfs 1 to 3 (squashfs-tools: squashfs_compat.h), in a larger file. */
function oldSquashfs(major: number, little: boolean): Uint8Array {
  const bytes = new Uint8Array(100_000)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, 0x73717368, little)
  view.setUint32(4, 77, little)
  view.setUint16(28, major, little)
  view.setUint16(30, 1, little)
  view.setUint16(32, 32768, little)
  view.setUint32(51, 131072, little)
  view.setUint32(little ? 63 : 67, 4242, little)
  return bytes
}
