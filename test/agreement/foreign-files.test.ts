import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isoscope } from '../cli/run.ts'
import { describeWith, eachWith, mustRun } from '../oracle.ts'
import { LABELS, PARTITION, SIGNATURE, writeSif } from '../parsers/sif/writer.ts'

let work = ''
const at = (name: string): string => join(work, name)

beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'isoscope-foreign-'))
  mkdirSync(at('tree/kernel/x86/microcode'), { recursive: true })
  writeFileSync(at('tree/kernel/x86/microcode/GenuineIntel.bin'), 'code')
  writeFileSync(at('tree/init'), '#!/bin/sh\n'.repeat(3000))
  mkdirSync(at('tree/etc'))
  writeFileSync(at('tree/etc/fstab'), '')
})
afterAll(() => rmSync(work, { recursive: true, force: true }))

/** A file of zeros, for a tool to make something in. */
function blank(name: string, size: number): string {
  writeFileSync(at(name), '')
  truncateSync(at(name), size)
  return at(name)
}

const MIB = 1 << 20

/** What isoscope says of a file that is no image: one sentence, which names it, and exit code 2. */
function told(path: string): string {
  const { code, stdout, stderr } = isoscope([path])
  expect({ code, stdout: stdout.toString() }).toEqual({ code: 2, stdout: '' })
  expect(stderr.trim().split('\n')).toHaveLength(1)
  return stderr.trim().replaceAll(`${work}/`, '')
}

/** What makes a file system, by the letters of its file's name. */
const MAKER_OF: Readonly<Record<string, string>> = {
  b: 'mkfs.btrfs',
  x: 'mkfs.xfs',
  c: 'mkfs.cramfs',
  cb: 'mkfs.cramfs',
  r: 'genromfs',
  s: 'mkswap',
  udf: 'mkudffs',
}

describe('other file systems', () => {
  eachWith<[string, string, () => unknown, RegExp]>(
    [
      ['btrfs', 'b.img', () => mustRun('mkfs.btrfs', ['-q', blank('b.img', 130 * MIB)]), /a btrfs file system; mount/],
      [
        'XFS',
        'x.img',
        () => mustRun('mkfs.xfs', ['-q', '-L', 'xx', blank('x.img', 320 * MIB)]),
        /an XFS file system \(label xx\)/,
      ],
      ['cramfs', 'c.img', () => mustRun('mkfs.cramfs', [at('tree'), at('c.img')]), /a cramfs file system/],
      [
        'big-endian cramfs',
        'cb.img',
        () => mustRun('mkfs.cramfs', ['-N', 'big', at('tree'), at('cb.img')]),
        /a cramfs file system/,
      ],
      ['romfs', 'r.img', () => mustRun('genromfs', ['-d', at('tree'), '-f', at('r.img')]), /a romfs file system/],
      ['swap', 's.img', () => mustRun('mkswap', [blank('s.img', MIB)]), /swap space, which has no files/],
      ...[512, 2048, 4096].map((size): [string, string, () => unknown, RegExp] => [
        `UDF of ${size}-byte blocks`,
        `udf${size}.img`,
        () => mustRun('mkudffs', [`--blocksize=${size}`, blank(`udf${size}.img`, 10 * MIB)]),
        size === 4096
          ? /is a UDF volume without an ISO 9660 side, in sectors of 4096 bytes, and UDF is not read; mount/
          : /is a UDF volume without an ISO 9660 side, and UDF is not read; mount/,
      ]),
    ],
    (_, name) => [MAKER_OF[name.split('.').at(-2)!.replace(/\d+$/, '')]!],
    '%s',
    (_, name, make, sentence) => {
      make()
      expect(told(at(name))).toMatch(sentence)
    },
  )
})

describeWith(['qemu-img'], 'virtual disks', () => {
  it.each([
    ['qcow2', [], /\(qcow2\)/],
    ['vmdk', [], /VMware disk image \(VMDK\)/],
    ['vmdk', ['-o', 'subformat=monolithicFlat'], /the descriptor file of a VMware disk image/],
    ['vdi', [], /VirtualBox disk image \(VDI\)/],
    ['vpc', [], /virtual hard disk \(VHD\);/],
    ['vpc', ['-o', 'subformat=fixed'], /virtual hard disk \(VHD\) of fixed size/],
    ['vhdx', [], /Hyper-V disk image \(VHDX\)/],
    ['qed', [], /\(QED\)/],
    ['parallels', [], /Parallels disk image/],
  ])('%s %s', (format, options, sentence) => {
    const path = at(`disk.${format}`)
    rmSync(path, { force: true })
    mustRun('qemu-img', ['create', '-q', '-f', format, ...options, path, '10M'])
    const said = told(path)
    expect(said).toMatch(sentence)
    // The command is one that works.
    const [, advised] = /(qemu-img convert .*) converts it to a raw disk/.exec(said)!
    execFileSync('/bin/sh', ['-c', advised!], { cwd: work })
    expect(statSync(`${path}.raw`).size).toBeGreaterThanOrEqual(10 * MIB)
  })
})

describeWith(['cpio'], 'archives and compressed files', () => {
  const tools: Readonly<Record<string, readonly string[]>> = {
    gzip: ['-c'],
    xz: ['-c', '--check=crc32'],
    zstd: ['-qc', '-19'],
    lz4: ['-lc'],
    bzip2: ['-c'],
    lzop: ['-c'],
  }
  const archive = (paths: string, format = 'newc'): Buffer =>
    execFileSync('/bin/sh', ['-c', `${paths} | cpio --quiet -o -H ${format}`], { cwd: at('tree') })

  eachWith(
    Object.keys(tools).map((tool): [string] => [tool]),
    (tool) => [tool],
    '%s',
    (tool) => {
      // It is told how to decompress it, by a command that works.
      writeFileSync(at('other.bin'), mustRun(tool, tools[tool]!, { input: Buffer.alloc(50_000, 'content') }))
      const [, command] = /decompress it first: (.*)$/.exec(told(at('other.bin')))!
      execFileSync('/bin/sh', ['-c', command!], { cwd: work })
      expect(readFileSync(at('other.bin.unpacked')).equals(Buffer.alloc(50_000, 'content'))).toBe(true)
    },
  )

  it.each([
    ['bin', /a cpio archive \(old binary\);/],
    ['ustar', /a tar archive;/],
    ['tar', /a tar archive;/],
  ])('cpio -H %s', (format, sentence) => {
    writeFileSync(at('one.cpio'), archive('find .', format))
    expect(told(at('one.cpio'))).toMatch(sentence)
  })
})

describe('archives', () => {
  eachWith<[string, readonly string[], RegExp]>(
    [
      ['tar', ['tar', '-cf', 'a.tar', 'tree'], /a tar archive; tar -tf a\.tar/],
      ['v7 tar', ['tar', '-H', 'v7', '-cf', 'a.v7', 'tree'], /a tar archive; tar -tf a\.v7/],
      ['zip', ['zip', '-qr', 'a.zip', 'tree'], /a zip archive; unzip -l a\.zip/],
      ['7z', ['7zz', 'a', 'a.7z', 'tree'], /a 7z archive; 7zz l a\.7z/],
      ['ar', ['ar', 'cr', 'a.a', 'tree/init'], /an ar archive; ar t a\.a/],
    ],
    (_, [tool]) => [tool!],
    '%s',
    (_, [tool, ...args], sentence) => {
      mustRun(tool!, args, { cwd: work })
      expect(told(at(args.find((arg) => arg.startsWith('a.'))!))).toMatch(sentence)
    },
  )
})

describeWith(['sfdisk', 'mksquashfs', 'mkfs.vfat', 'genisoimage'], 'disks with partitions', () => {
  /** Puts images into the partitions that a table gives them, and returns where these begin. */
  const disk = (name: string, script: string, contents: Readonly<Record<number, string>>): number[] => {
    const path = blank(name, 80 * MIB)
    mustRun('sfdisk', ['-q', path], { input: Buffer.from(script) })
    const json = JSON.parse(mustRun('sfdisk', ['-J', path]).toString()) as {
      partitiontable: { partitions: { node: string; start: number }[] }
    }
    return json.partitiontable.partitions.map(({ node, start }) => {
      const content = contents[Number(/\d+$/.exec(node)![0])]
      if (content !== undefined) {
        mustRun('dd', [`if=${content}`, `of=${path}`, 'bs=512', `seek=${start}`, 'conv=notrunc', 'status=none'])
      }
      return start * 512
    })
  }

  beforeAll(() => {
    mustRun('mksquashfs', [at('tree'), at('root.squashfs'), '-quiet', '-no-progress'])
    mustRun('mkfs.vfat', ['-n', 'ESP', blank('esp.img', 8 * MIB)])
    mustRun('genisoimage', ['-quiet', '-R', '-o', at('inside.iso'), at('tree')])
  })

  it('GPT', () => {
    const script = [
      'label: gpt',
      'start=2048, size=20480, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B, name="boot part"',
      'size=20480, type=4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709',
      'size=20480',
    ].join('\n')
    const images = { 1: at('esp.img'), 2: at('root.squashfs'), 3: at('inside.iso') }
    const [, second, third] = disk('gpt.img', script, images) as [number, number, number]
    const listed = (...args: readonly string[]): string => {
      const { code, stdout, stderr } = isoscope(['ls', '-R', ...args])
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      return stdout.toString()
    }
    expect(isoscope(['ls', at('gpt.img')]).stdout.toString()).toBe('/partition 1\n/partition 2\n/partition 3\n')
    for (const [number, name] of Object.entries(images)) {
      const inside = listed(at('gpt.img'), `/partition ${number}/`).replaceAll(`/partition ${number}/`, '/')
      expect(inside).toBe(listed(name))
    }
    // An image in a partition can be named by its offset too.
    const atOffset = (offset: number): string =>
      isoscope(['ls', '-R', at('gpt.img'), '--offset', String(offset)]).stdout.toString()
    expect(atOffset(second)).toBe(listed(at('root.squashfs')))
    expect(atOffset(third)).toBe(listed(at('inside.iso')))
  })

  it('logical partitions', () => {
    const script = [
      'label: dos',
      'start=2048, size=20480, type=83',
      'start=24576, size=90000, type=5',
      'start=26624, size=10000, type=83',
      'start=40960, size=10000, type=82',
    ].join('\n')
    disk('mbr.img', script, { 5: at('root.squashfs') })
    const names = ['/partition 1', '/partition 5', '/partition 6']
    expect(isoscope(['ls', at('mbr.img')]).stdout.toString()).toBe(`${names.join('\n')}\n`)
    const init = isoscope(['cat', at('mbr.img'), '/partition 5/init'])
    expect(init.stdout.equals(readFileSync(at('tree/init')))).toBe(true)
  })
})

describeWith(['genisoimage', 'isoinfo'], 'a session of a disc', () => {
  it.each([32, 11_702, 300_000])('that begins at sector %d', (start) => {
    mustRun('genisoimage', ['-quiet', '-R', '-J', '-o', at('first.iso'), at('tree')])
    expect(isoscope(['ls', at('first.iso')]).code).toBe(0)
    mustRun('genisoimage', [
      '-quiet',
      '-R',
      '-J',
      '-C',
      `0,${start}`,
      '-M',
      at('first.iso'),
      '-o',
      at('second.iso'),
      at('tree'),
    ])
    const said = told(at('second.iso'))
    expect(said).toContain(
      `this is a session that begins at sector ${start} of its disc: its addresses count from there; isoinfo -l -N ${start} -i second.iso lists it`,
    )
    const listed = execFileSync('/bin/sh', ['-c', /isoinfo .*iso/.exec(said)![0]], { cwd: work }).toString()
    expect(listed).toContain('INIT.;1')
  })
})

describeWith(['mksquashfs', 'unsquashfs', '7zz', 'readelf'], 'AppImage and SIF', () => {
  const OPTIONS = ['-noappend', '-quiet', '-no-progress']
  let runtime: Buffer
  let inner: Buffer

  beforeAll(() => {
    // A real program, with the letters of AppImage in its header.
    runtime = readFileSync('/bin/true')
    const told = mustRun('readelf', ['-hW', '/bin/true']).toString()
    const number = (name: string): number => Number(new RegExp(`${name}: +(\\d+)`).exec(told)![1])
    const sections = number('Size of section headers') * number('Number of section headers')
    runtime = Buffer.from(runtime.subarray(0, number('Start of section headers') + sections))
    runtime.set([0x41, 0x49, 2], 8)
    mustRun('mksquashfs', [at('tree'), at('inner.squashfs'), ...OPTIONS])
    inner = readFileSync(at('inner.squashfs'))
  })

  /** Paths below the root as unsquashfs and 7-Zip list them. */
  const byUnsquashfs = (path: string, offset: number): string[] =>
    mustRun('unsquashfs', ['-l', '-o', String(offset), path])
      .toString()
      .split('\n')
      .flatMap((line) => /^squashfs-root(\/.*)$/.exec(line)?.[1] ?? [])
      .sort()
  const bySevenZip = (path: string): string[] =>
    mustRun('7zz', ['l', '-slt', path])
      .toString()
      .split('----------')[1]!
      .split('\n')
      .flatMap((line) => /^Path = (.*)$/.exec(line)?.[1] ?? [])
      .map((name) => `/${name}`)
      .sort()

  const expectSame = (path: string, offset: number): void => {
    const ours = isoscope(['ls', '-R', path])
    expect(ours.stderr).toBe('')
    const listed = ours.stdout.toString().trim().split('\n').sort()
    expect(listed.length).toBeGreaterThan(5)
    expect(listed).toEqual(byUnsquashfs(path, offset))
    expect(listed).toEqual(bySevenZip(path))
  }

  it('an AppImage lists as unsquashfs and 7-Zip list it', () => {
    writeFileSync(at('a.AppImage'), Buffer.concat([runtime, inner]))
    expectSame(at('a.AppImage'), runtime.length)
    // As appimagetool makes one: mksquashfs leaves room, into which the runtime goes.
    mustRun('mksquashfs', [at('tree'), at('b.AppImage'), '-offset', String(runtime.length), ...OPTIONS])
    const made = readFileSync(at('b.AppImage'))
    made.set(runtime)
    writeFileSync(at('b.AppImage'), made)
    expectSame(at('b.AppImage'), runtime.length)
  })

  it('a SIF lists as unsquashfs lists it, and one without descriptors as 7-Zip does', () => {
    const labels = { type: LABELS, bytes: Buffer.from('{"a":1}') }
    const partition = { type: PARTITION, bytes: inner, fileSystem: 1, partition: 2 }
    writeFileSync(at('a.sif'), writeSif([labels, partition, { type: SIGNATURE, bytes: Buffer.alloc(900, 's') }]))
    const listed = isoscope(['ls', '-R', at('a.sif')])
      .stdout.toString()
      .trim()
      .split('\n')
      .sort()
    expect(listed).toEqual(byUnsquashfs(at('a.sif'), 36_864))
    const bare = Buffer.alloc(36_864)
    bare.write('#!/usr/bin/env run-singularity\n\0SIF_MAGIC\0')
    writeFileSync(at('bare.sif'), Buffer.concat([bare, inner]))
    expectSame(at('bare.sif'), 36_864)
  })

  it('a scan in threads finds in them what it finds in the squashfs', () => {
    const hash = (letter: string): string => `${letter.repeat(3)}0123456789abcdfghijklmnpqrsvw`.slice(0, 32)
    const [one, other] = [`${hash('a')}-one`, `${hash('b')}-other`]
    const noise = Buffer.alloc(16 << 20)
    // Noise, so that it stays as large when it is packed.
    execFileSync(
      '/bin/sh',
      ['-c', `mkdir -p store/${one} store/${other} && head -c 16777216 /dev/urandom > store/${one}/noise`],
      {
        cwd: work,
      },
    )
    readFileSync(at(`store/${one}/noise`)).copy(noise)
    noise.write(`/nix/store/${other}`, 15 << 20, 'latin1')
    writeFileSync(at(`store/${one}/noise`), noise)
    writeFileSync(at(`store/${other}/file`), 'content')
    mustRun('mksquashfs', [at('store'), at('store.squashfs'), ...OPTIONS])
    const store = readFileSync(at('store.squashfs'))
    writeFileSync(at('store.AppImage'), Buffer.concat([runtime, store]))
    writeFileSync(at('store.sif'), writeSif([{ type: PARTITION, bytes: store, fileSystem: 1, partition: 2 }]))
    for (const name of ['store.squashfs', 'store.AppImage', 'store.sif']) {
      for (const jobs of ['1', '3']) {
        const said = isoscope(['referrers', at(name), other, '--json', '--references', 'scan', '-j', jobs])
        expect({ code: said.code, stderr: said.stderr }).toEqual({ code: 0, stderr: '' })
        expect(JSON.parse(said.stdout.toString()), `${name} -j ${jobs}`).toMatchObject({
          storePaths: [{ referredToBy: [expect.objectContaining({ path: `/nix/store/${one}` })] }],
        })
      }
    }
  })
})
