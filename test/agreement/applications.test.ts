import { createHash } from 'node:crypto'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type OpenImage, openImage } from '../../src/images/open-image.ts'
import { applicationIn } from '../../src/inventory/applications/find-application.ts'
import { type Account, attribute } from '../../src/inventory/attribution.ts'
import { isoscope } from '../cli/run.ts'
import { describeWith, mustRun } from '../oracle.ts'

// Genuine packages of applications, made by the tools of their formats where Debian has them: objcopy and mksquashfs do for an
// AppImage what appimagetool does, and mksquashfs for a snap what snapcraft does.

let work = ''
beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'isoscope-applications-'))
})
afterAll(() => rmSync(work, { recursive: true, force: true }))

const at = (...names: readonly string[]): string => join(work, ...names)
const run = (tool: string, ...args: readonly string[]): string => mustRun(tool, args, { cwd: work }).toString()
const squashfs = (folder: string, name: string, ...options: readonly string[]): string => {
  run('mksquashfs', at(folder), at(name), '-noappend', '-no-progress', '-quiet', '-all-root', ...options)
  return at(name)
}

/** What an opened file holds around its image, in bytes by name. All accounts add up to the file. */
function accountsOf(open: OpenImage): ReadonlyMap<string, number> {
  const { accounts, complete } = attribute(open)
  expect(complete).toBe(true)
  expect(accounts.reduce((sum, { own }) => sum + own, 0)).toBe(open.file.size)
  const isPart = ({ kind, name, region }: Account): boolean => kind === 'structure' && name === region
  return new Map(accounts.filter(isPart).map(({ name, own }) => [name, own]))
}

function makeAppDir(): void {
  mkdirSync(at('AppDir/usr/share/applications'), { recursive: true })
  copyFileSync('/bin/true', at('AppDir/AppRun'))
  const entry = '[Desktop Entry]\nType=Application\nName=Some App\nIcon=some-app\nX-AppImage-Version=1.2.3\n'
  writeFileSync(at('AppDir/usr/share/applications/app.desktop'), entry)
  symlinkSync('usr/share/applications/app.desktop', at('AppDir/app.desktop'))
}

/** Bytes that do not compress, and are always the same. */
function randomBytes(seed: string, length: number): Buffer {
  return createHash('shake256', { outputLength: length }).update(seed).digest()
}

/** A program with the bytes of an AppImage's type in its header. */
function marked(program: string, type: number): Buffer {
  const bytes = readFileSync(program)
  bytes.set([0x41, 0x49, type], 8)
  return bytes
}

const APP = { kind: 'AppImage', name: 'Some App', version: '1.2.3', icon: 'some-app', desktopFile: 'app.desktop' }

describeWith(['as', 'ld', 'objcopy', 'readelf', 'mksquashfs', 'unsquashfs', 'xorrisofs'], 'AppImages', () => {
  beforeAll(makeAppDir)

  it('of type 2 have the sections of readelf, and the files of unsquashfs', async () => {
    const sizes = { '.upd_info': 1024, '.sha256_sig': 1024, '.sig_key': 8192, '.digest_md5': 16 }
    const added = Object.entries(sizes).flatMap(([name, size]) => {
      writeFileSync(at(name.slice(1)), Buffer.alloc(size, name))
      return ['--add-section', `${name}=${at(name.slice(1))}`]
    })
    run('objcopy', ...added, '/bin/true', at('runtime'))
    const runtime = marked(at('runtime'), 2)
    writeFileSync(at('app.AppImage'), Buffer.concat([runtime, readFileSync(squashfs('AppDir', 'app.squashfs'))]))
    const open = openImage(at('app.AppImage'))
    const accounts = accountsOf(open)
    const told = run('readelf', '-SW', at('app.AppImage'))
    let sections = 0
    for (const name of Object.keys(sizes)) {
      const [, size] = new RegExp(`\\${name} +\\S+ +\\S+ +\\S+ +(\\S+)`).exec(told)!
      const [, own] = [...accounts].find(([account]) => account.includes(`(${name})`))!
      expect(own).toBe(Number.parseInt(size!, 16))
      sections += own
    }
    expect(accounts.get('AppImage runtime')).toBe(runtime.length - sections)
    expect(await applicationIn(open)).toEqual(APP)
    open.close()
    const listed = run('unsquashfs', '-o', String(runtime.length), '-d', '', '-l', at('app.AppImage'))
      .trim()
      .split('\n')
    const ours = isoscope(['ls', '-R', at('app.AppImage')])
      .stdout.toString()
      .trim()
      .split('\n')
    expect(ours.filter((line) => line.startsWith('/')).sort()).toEqual(listed.filter((line) => line !== '').sort())
    expect(isoscope(['cat', at('app.AppImage'), '/AppRun']).stdout.equals(readFileSync('/bin/true'))).toBe(true)
  })

  it('of type 1 have their program in the system area of a disc', async () => {
    run('xorrisofs', '-quiet', '-R', '-o', at('disc.iso'), at('AppDir'))
    const disc = readFileSync(at('disc.iso'))
    // It is smaller than the system area, as the program of appimagetool is.
    writeFileSync(at('small.s'), '.globl _start\n_start: mov $60, %eax\n syscall\n')
    run('as', '-o', 'small.o', 'small.s')
    run('ld', '-z', 'max-page-size=4096', '-o', 'small', 'small.o')
    const runtime = marked(at('small'), 1)
    disc.set(runtime)
    writeFileSync(at('one.AppImage'), disc)
    const open = openImage(at('one.AppImage'))
    expect(open.container?.name).toBe('AppImage')
    expect(accountsOf(open).get('AppImage runtime')).toBe(runtime.length)
    expect(await applicationIn(open)).toEqual(APP)
    open.close()
  })
})

describeWith(['mksquashfs'], 'snaps', () => {
  it('are known by the snap.yaml that snapcraft writes', async () => {
    mkdirSync(at('snap/meta'), { recursive: true })
    const yaml = "name: hello\nversion: '2.10'\nsummary: |-\n  name: x\narchitectures:\n- amd64\nbase: core20\n"
    writeFileSync(at('snap/meta/snap.yaml'), yaml)
    const open = openImage(squashfs('snap', 'hello.snap', '-comp', 'xz', '-no-fragments'))
    const facts = { version: '2.10', type: 'app', basedOn: 'core20', architecture: 'amd64' }
    expect(await applicationIn(open)).toEqual({ kind: 'snap', name: 'hello', ...facts })
    open.close()
  })
})

describeWith(['siftool', 'mksquashfs'], 'SIF files', () => {
  it('have the data objects that siftool lists, each an account', async () => {
    mkdirSync(at('root/bin'), { recursive: true })
    copyFileSync('/bin/true', at('root/bin/true'))
    squashfs('root', 'root.squashfs')
    const contents = {
      def: 'Bootstrap: docker\nFrom: debian:12\n',
      env: 'A=b\n',
      json: '{}',
      note: 'a note',
      message: 'm',
    }
    for (const [name, content] of Object.entries(contents)) writeFileSync(at(name), content)
    writeFileSync(at('labels'), '{"org.opencontainers.image.title":"tool","org.opencontainers.image.version":"3"}')
    const path = at('tool.sif')
    run('siftool', 'new', path)
    const add = (file: string, type: number, ...more: readonly string[]): string =>
      run('siftool', 'add', path, at(file), '--datatype', String(type), ...more)
    add('def', 1)
    add('env', 2)
    add('labels', 3)
    add('root.squashfs', 4, '--parttype', '2', '--partfs', '1', '--partarch', '4')
    add('note', 4, '--parttype', '4', '--partfs', '2', '--partarch', '2')
    add('note', 5, '--signentity', '433FE984155206BD962725E20E8713472A879943', '--signhash', '1')
    add('json', 6)
    add('note', 7)
    add('note', 7)
    add('message', 8)
    const listed = [...run('siftool', 'list', path).matchAll(/^(\d+) .*\|(\d+)-(\d+) +\|(.*)$/gm)].map(
      ([, id, start, end, type]) => ({ id: id!, size: Number(end) - Number(start), type: type!.trim() }),
    )
    // Our names of objects, by siftool's.
    const names: Readonly<Record<string, string>> = {
      'Def.FILE': 'SIF definition file',
      'Env.Vars': 'SIF environment variables',
      'JSON.Labels': 'SIF labels',
      'FS (Ext3/Overlay/amd64)': 'SIF partition (ext3, overlay, amd64)',
      'Signature (SHA-256)': 'SIF signature',
      'JSON.Generic': 'SIF JSON data',
      'Generic/Raw': 'SIF data',
      'Cryptographic Message (Unknown/Unknown)': 'SIF cryptographic message',
    }
    const open = openImage(path)
    const accounts = new Map(accountsOf(open))
    for (const { id, size, type } of listed) {
      if (type === 'FS (Squashfs/*System/arm64)') continue
      const name = names[type] ?? expect.fail(type)
      const isOneOfSeveral = listed.filter((other) => other.type === type).length > 1
      const account = isOneOfSeveral ? `${name}, object ${id}` : name
      expect([account, accounts.get(account)]).toEqual([account, size])
      accounts.delete(account)
    }
    expect([...accounts.keys()].sort()).toEqual(['SIF descriptor table', 'SIF header'])
    expect(listed).toHaveLength(10)
    const facts = { name: 'tool', version: '3', architecture: 'arm64' }
    expect(await applicationIn(open)).toEqual({ kind: 'SIF', ...facts })
    open.close()
  })
})

describeWith(['rauc', 'openssl', 'unsquashfs'], 'bundles of RAUC', () => {
  beforeAll(() => {
    const subject = ['-subj', '/O=Test/CN=test', '-days', '36500']
    run('openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'key', '-out', 'cert', ...subject)
  })

  /** A bundle of a format, as rauc makes it. */
  function bundle(format: string): string {
    const folder = at(`content-${format}`)
    mkdirSync(folder)
    for (const [name, size] of [
      ['rootfs.img', 300_000],
      ['boot.img', 5000],
    ] as const)
      writeFileSync(join(folder, name), randomBytes(name, size))
    const manifest = `[update]
compatible=Some Board
version=2026.11-1
build=7

[bundle]
format=${format}

[image.rootfs]
filename=rootfs.img

[image.boot]
filename=boot.img
`
    writeFileSync(join(folder, 'manifest.raucm'), manifest)
    run('rauc', '--cert=cert', '--key=key', 'bundle', folder, at(`${format}.raucb`))
    return at(`${format}.raucb`)
  }

  describe.each(['plain', 'verity'])('of the format %s', (format) => {
    let path = ''
    beforeAll(() => {
      path = bundle(format)
    })

    it('say of themselves what rauc says', async () => {
      const told = run('rauc', 'info', '--no-verify', '--output-format=json', path)
      const info = JSON.parse(told) as { compatible: string; version: string; build: string; images: object[] }
      const open = openImage(path)
      const { images = [], ...application } = (await applicationIn(open))!
      expect(application).toEqual({
        kind: 'RAUC bundle',
        ...{ name: info.compatible, version: info.version, build: info.build, format },
      })
      const theirs = info.images.flatMap((image) =>
        Object.entries(image).map(([slot, { filename, size }]) => ({
          slot,
          file: filename as string,
          size: size as number,
        })),
      )
      expect(images.toSorted((a, b) => (a.slot < b.slot ? -1 : 1))).toEqual(
        theirs.toSorted((a, b) => (a.slot < b.slot ? -1 : 1)),
      )
      expect(theirs).toHaveLength(2)
      open.close()
    })

    it('have the signature that rauc extracts, and that openssl reads', () => {
      run('rauc', '--keyring=cert', 'extract-signature', path, at(`${format}.cms`))
      const signature = statSync(at(`${format}.cms`)).size
      const open = openImage(path)
      const accounts = accountsOf(open)
      expect(accounts.get('RAUC signature (CMS)')).toBe(signature)
      expect(accounts.get('RAUC signature size')).toBe(8)
      const tree = /Verity Size:\s+'?(\d+)/.exec(run('rauc', 'info', '--no-verify', path))?.[1]
      expect(accounts.get('RAUC hash tree (dm-verity)')).toBe(tree === undefined ? undefined : Number(tree))
      expect(tree === undefined).toBe(format === 'plain')
      const { manifest } = open.container!.facts
      if (format === 'verity') {
        const cms = ['cms', '-verify', '-noverify', '-inform', 'DER', '-in', at('verity.cms')]
        expect(manifest).toBe(mustRun('openssl', [...cms, '-binary']).toString())
      } else expect(manifest).toBeUndefined()
      open.close()
    })

    it('have the files that unsquashfs lists', () => {
      const listed = run('unsquashfs', '-d', '', '-l', path).trim().split('\n')
      const ours = isoscope(['ls', '-R', path]).stdout.toString().trim().split('\n')
      expect(ours.filter((line) => line.startsWith('/')).sort()).toEqual(listed.filter((line) => line !== '').sort())
    })
  })

  it('of the format crypt are named, encrypted or not', () => {
    const path = bundle('crypt')
    run('rauc', '--keyring=cert', 'encrypt', '--to=cert', path, at('encrypted.raucb'))
    for (const file of [path, at('encrypted.raucb')]) {
      const { code, stderr } = isoscope([file])
      expect(code).toBe(2)
      expect(stderr).toMatch(/^isoscope: \S+: last bytes at 0x\w+: this is a RAUC bundle whose content is encrypted/)
    }
  })
})
