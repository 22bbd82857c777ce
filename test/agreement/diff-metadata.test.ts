import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { basePath } from '../analyses/synthetic-side.ts'
import { isoscope } from '../cli/run.ts'
import { describeWith, mustRun, ROOT } from '../oracle.ts'
import { Random } from './random.ts'

/** What `unsquashfs -lln` says of an entry. */
interface Listed {
  readonly mode: string
  readonly owner: string
  /** Numbers of a device, else ''. */
  readonly device: string
  readonly time: string
}

const BITS = [
  [3, 's', 0o4100],
  [3, 'S', 0o4000],
  [6, 's', 0o2010],
  [6, 'S', 0o2000],
  [9, 't', 0o1001],
  [9, 'T', 0o1000],
] as const

function octal(letters: string): string {
  let mode = 0
  for (let at = 1; at <= 9; at += 1) if (/[rwx]/.test(letters[at]!)) mode |= 0o400 >> (at - 1)
  for (const [at, letter, bits] of BITS) if (letters[at] === letter) mode |= bits
  return mode.toString(8).padStart(4, '0')
}

function listed(image: string): ReadonlyMap<string, Listed> {
  const lines = mustRun('unsquashfs', ['-lln', image]).toString().split('\n')
  const pattern =
    /^([-dlbcps][-rwxsStT]{9}) (\d+)\/(\d+) +(?:(\d+), *(\d+)|\d+) (\S+ \S+) squashfs-root\/?(.*?)(?: -> .*)?$/
  return new Map(
    lines.flatMap((line): [string, Listed][] => {
      const found = pattern.exec(line)
      if (found === null) return []
      const [, letters, uid, gid, major, minor, time, path] = found
      const device = major === undefined ? '' : `${major}:${minor}`
      return [[path!, { mode: octal(letters!), owner: `${uid}:${gid}`, device, time: time! }]]
    }),
  )
}

/** Extended attributes of everything, in hexadecimal, as getfattr tells them of what unsquashfs unpacks. */
function attributes(image: string, to: string): ReadonlyMap<string, string> {
  mustRun('unsquashfs', ['-q', '-n', '-x', '-f', '-d', to, image])
  const text = mustRun('getfattr', ['-R', '-P', '-h', '-d', '-m', '-', '-e', 'hex', '.'], { cwd: to }).toString()
  return new Map(
    text.split('\n\n').flatMap((block): [string, string][] => {
      const [head, ...lines] = block.trim().split('\n')
      return head?.startsWith('# file: ') === true
        ? [[head.slice(8).replace(/^\.\/?/, ''), lines.sort().join('\n')]]
        : []
    }),
  )
}

interface Changes {
  readonly metadata: {
    readonly counts: Record<string, number>
    readonly changes: readonly {
      readonly storePath: string | null
      readonly path: string
      readonly metadataChanges: readonly { readonly kind: string }[]
    }[]
  }
  readonly privilegeChanges: readonly {
    readonly class: string
    readonly path: string
    readonly storePath: string | null
  }[]
}

describeWith(
  ['mksquashfs', 'unsquashfs', 'getfattr', 'setfattr', 'setcap', 'getcap', ROOT],
  'metadata that isoscope diff names',
  () => {
    let work = ''
    beforeAll(() => {
      work = mkdtempSync(join(tmpdir(), 'isoscope-metadata-'))
    })
    afterAll(() => rmSync(work, { recursive: true, force: true }))

    const pack = (tree: string, name: string, ...args: string[]): string => {
      const image = join(work, name)
      mustRun('mksquashfs', [tree, image, '-noappend', '-quiet', '-no-progress', '-mkfs-time', '0', ...args])
      return image
    }
    const ask = (...args: string[]) => {
      const { code, stdout, stderr } = isoscope(['diff', ...args], {}, work)
      expect(stderr).toBe('')
      return { code, stdout: stdout.toString() }
    }

    it.each(['one', 'two', 'three'])(
      'is what unsquashfs and getfattr tell of both images, for random changes: %s',
      (seed) => {
        const random = new Random(`diff-metadata ${seed}`)
        const tree = join(work, `tree-${seed}`)
        const store = basePath(1, 'foo-1.0')
        const paths: string[] = []
        for (const folder of ['', store, `${store}/bin`, 'etc', 'dev']) {
          mkdirSync(join(tree, folder), { recursive: true })
          if (folder !== '') paths.push(folder)
          for (let index = 0; index < 6; index += 1) {
            const path = join(folder, `f${index}`)
            if (folder === 'dev') mustRun('mknod', [join(tree, path), index % 2 === 0 ? 'c' : 'b', '8', `${index}`])
            else writeFileSync(join(tree, path), `content of ${path}`)
            paths.push(path)
          }
        }
        const change = (path: string): void => {
          const at = join(tree, path)
          const isDevice = path.startsWith('dev/')
          const isFile = !isDevice && /f\d$/.test(path)
          const kind = random.pick(['mode', 'owner', 'xattr', 'device', 'capability', 'none'])
          if (kind === 'mode') mustRun('chmod', [random.pick(['4755', '2755', '0640', '0600', '1777', '6711']), at])
          if (kind === 'owner') mustRun('chown', [random.pick(['1000:1', '0:5', '7:7']), at])
          if (kind === 'xattr' && !isDevice) {
            const name = random.pick(['user.a', 'trusted.b', 'security.c'])
            mustRun('setfattr', ['-n', name, '-v', random.pick(['x', 'y', '0x00ff']), at])
          }
          if (kind === 'device' && isDevice) {
            rmSync(at)
            mustRun('mknod', [at, random.pick(['b', 'c']), `${1 + random.below(300)}`, `${random.below(70_000)}`])
          }
          if (kind === 'capability' && isFile)
            mustRun('setcap', [random.pick(['cap_net_raw=ep', 'cap_setuid,cap_kill=p']), at])
        }
        for (const path of paths) if (random.below(3) === 0) change(path)
        for (const path of paths) mustRun('touch', ['-h', '-d', '@0', join(tree, path)])
        mustRun('touch', ['-d', '@0', tree])
        const a = pack(tree, `a-${seed}`, '-xattrs')
        for (const path of paths) if (random.below(2) === 0) change(path)
        // Minutes, which is what unsquashfs tells.
        for (const path of paths) mustRun('touch', ['-h', '-d', `@${random.below(3) * 60}`, join(tree, path)])
        mustRun('touch', ['-d', '@0', tree])
        const b = pack(tree, `b-${seed}`, '-xattrs')

        const [before, after] = [listed(a), listed(b)]
        const [oldXattrs, newXattrs] = [
          attributes(a, join(work, `xa-${seed}`)),
          attributes(b, join(work, `xb-${seed}`)),
        ]
        const expected = { mode: [], owner: [], device: [], time: [], xattr: [] } as Record<string, string[]>
        for (const [path, old] of before) {
          const now = after.get(path)!
          // A block device that is a character device now is another thing.
          for (const key of ['mode', 'owner', 'device', 'time'] as const)
            if (old[key] !== now[key]) expected[key]!.push(path)
          if (oldXattrs.get(path) !== newXattrs.get(path)) expected['xattr']!.push(path)
        }
        const { metadata } = JSON.parse(ask(a, b, '--json').stdout) as Changes
        const nameOf = ({ storePath, path }: Changes['metadata']['changes'][number]): string =>
          storePath === null ? path.slice(1) : [store, path].filter((part) => part !== '').join('/')
        const types = (path: string, image: string): string =>
          mustRun('unsquashfs', ['-lln', image, path])
            .toString()
            .split('\n')
            .find((line) => line.endsWith(`/${path}`))?.[0] ?? ''
        const isOther = (path: string): boolean => path.startsWith('dev/') && types(path, a) !== types(path, b)
        for (const kind of ['mode', 'owner', 'device', 'xattr']) {
          const found = metadata.changes
            .filter(({ metadataChanges }) => metadataChanges.some((some) => some.kind === kind))
            .map(nameOf)
          expect([kind, found.sort()]).toEqual([kind, expected[kind]!.filter((path) => !isOther(path)).sort()])
        }
        expect(metadata.counts['time'] ?? 0).toBe(expected['time']!.filter((path) => !isOther(path)).length)
        expect(expected['mode']!.length + expected['owner']!.length + expected['xattr']!.length).toBeGreaterThan(5)
      },
    )

    it('names setuid bits, owners and times of the same store path', () => {
      const tree = join(work, 'case')
      const base = basePath(1, 'foo-1.0')
      const file = join(tree, 'nix/store', base, 'f')
      mkdirSync(join(tree, 'nix/store', base), { recursive: true })
      writeFileSync(file, 'x\n', { mode: 0o755 })
      const a = pack(tree, 'case-a', '-all-time', '0', '-all-root')
      mustRun('chmod', ['4755', file])
      const b = pack(tree, 'case-b', '-all-time', '0', '-all-root')
      mustRun('chmod', ['755', file])
      const c = pack(tree, 'case-c', '-all-time', '0', '-force-uid', '1000')
      const d = pack(tree, 'case-d', '-all-time', '5', '-all-root')
      expect(ask(a, b).stdout).toMatch(/\n {2}foo-1\.0\/f: gained setuid root \(mode 0755 → 4755\)\n/)
      expect(ask(a, b, 'foo').stdout).toMatch(/ changed {2}f +mode 0755 → 4755 \(setuid\)\n/)
      expect(ask(a, c).stdout).toMatch(/\n {2}5 entries: owner 0:0 → 1000:0, as foo-1\.0\n/)
      expect(ask(a, c, 'foo').stdout).toMatch(/ changed {2}f +owner 0:0 → 1000:0\n/)
      expect(ask(a, d).stdout).toMatch(
        /\n {2}5 entries: modified 1970-01-01 00:00:00 → 1970-01-01 00:00:05, as foo-1\.0\n/,
      )
      expect(ask(a, d, 'foo').stdout).toMatch(/ changed {2}f +modified 1970-01-01 00:00:00 → 1970-01-01 00:00:05\n/)
      for (const other of [b, c, d]) {
        expect(ask(a, other).stdout).not.toMatch(/Nothing changed|same content/)
        expect(ask(a, other, '--exit-code').code).toBe(1)
        // A saved report has them too.
        const report = join(work, 'case.json.gz')
        expect(isoscope([a, '-o', report]).code).toBe(0)
        const plain = (stdout: string): string =>
          stdout.replace(/ +\(--content reads them\)/, '').replace(/^---.*/m, '')
        expect(plain(ask(report, other).stdout)).toBe(plain(ask(a, other).stdout))
      }
    })

    it('names capabilities as getcap does, and hard links that went', () => {
      const tree = join(work, 'caps')
      mkdirSync(tree, { recursive: true })
      for (const name of ['one', 'ping']) writeFileSync(join(tree, name), name, { mode: 0o755 })
      mustRun('ln', [join(tree, 'one'), join(tree, 'two')])
      const a = pack(tree, 'caps-a', '-xattrs')
      mustRun('setcap', ['cap_net_admin,cap_net_raw=ep', join(tree, 'ping')])
      mustRun('cp', ['-p', '--remove-destination', join(tree, 'one'), join(tree, 'three')])
      mustRun('mv', [join(tree, 'three'), join(tree, 'two')])
      const b = pack(tree, 'caps-b', '-xattrs')
      const told = mustRun('getcap', [join(tree, 'ping')])
        .toString()
        .trim()
        .split(' ')[1]!
      const { stdout } = ask(a, b)
      expect(stdout).toContain(`\n  /ping: gained ${told}\n`)
      expect(stdout).toMatch(/\n {2}2 entries: other hard links, as \/one\n/)
      const { metadata } = JSON.parse(ask(a, b, '--json').stdout) as Changes
      expect(
        metadata.changes.map(({ path, metadataChanges }) => [path, metadataChanges.map(({ kind }) => kind)]),
      ).toEqual([
        ['/one', ['hardLink']],
        ['/ping', ['xattr']],
        ['/two', ['hardLink']],
      ])
    })
  },
)
