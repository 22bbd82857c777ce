import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type OpenImage, openImage } from '../../src/images/open-image.ts'
import { IMAGES, isoscope } from './run.ts'

interface Place {
  readonly file: string
  readonly kind: string
  readonly offset: number
}

interface Cut {
  readonly from: string
  readonly to: string
  readonly kind: string
  readonly frees: number
}

interface WhyJson {
  readonly schema: string
  readonly image: string
  readonly referencesFrom: string
  readonly roots: readonly { readonly path: string; readonly reason: string }[]
  readonly storePaths: readonly {
    readonly path: string
    readonly own: number
    readonly unpacked: number
    readonly retained: number
    readonly closure: number
    readonly root: string | null
    readonly referring: readonly {
      readonly path: string
      readonly kind: string
      readonly frees: number
      readonly places: readonly Place[]
    }[]
    readonly routes: readonly {
      readonly path: string
      readonly depth: number
      readonly from: string | null
      readonly places: readonly Place[]
      readonly repeated: boolean
    }[]
    readonly singleCuts: readonly Cut[]
    readonly smallestCut: {
      readonly removes: readonly Omit<Cut, 'frees'>[]
      readonly frees: number
      readonly owners: readonly string[]
      readonly parts: readonly { readonly path: string; readonly frees: number }[]
    } | null
    readonly goesWithIt: readonly { readonly path: string; readonly own: number }[]
    readonly unregisteredMentions: readonly { readonly path: string; readonly places: readonly Place[] }[] | null
  }[]
}

interface TreeJson {
  readonly storePaths: readonly {
    readonly path: string
    readonly own: number
    readonly unpacked: number
    readonly retained: number
    readonly closure: number
    readonly dominator: string | null
    readonly references: readonly string[]
  }[]
}

function jsonOf<T>(...args: string[]): T {
  const { code, stdout, stderr } = isoscope([...args, '--json'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout.toString()) as T
}

const nameOf = (path: string): string => path.slice(44)

describe('isoscope why --json', () => {
  let tree: TreeJson
  let all: WhyJson
  let open: OpenImage
  const answerFor = (json: WhyJson, name: string): WhyJson['storePaths'][number] =>
    json.storePaths.find(({ path }) => nameOf(path) === name)!
  beforeAll(() => {
    tree = jsonOf('tree', 'mini.iso')
    all = jsonOf('why', 'mini.iso', ...tree.storePaths.map(({ path }) => path))
    open = openImage(`${IMAGES}mini.iso`)
  })
  afterAll(() => open.close())

  it('answers for all paths of an image at once, with the sizes the tree has', () => {
    expect(all).toMatchObject({
      schema: 'isoscope/why@2',
      image: { name: 'mini.iso', size: 2_097_152 },
      referencesFrom: 'registration',
    })
    expect(all.roots.map(({ path, reason }) => [nameOf(path), reason])).toEqual([
      ['nixos-system-nixos-26.11pre-git', 'init'],
    ])
    expect(all.storePaths.map(({ path }) => path)).toEqual(tree.storePaths.map(({ path }) => path))
    for (const [index, { own, unpacked, retained, closure }] of tree.storePaths.entries()) {
      expect(all.storePaths[index]).toMatchObject({ own, unpacked, retained, closure })
    }
  })

  it('has the referrers, routes and cuts of the graph', () => {
    const references = new Set(
      tree.storePaths.flatMap(({ path, references: to }) => to.map((other) => `${path} ${other}`)),
    )
    const heldBy = new Map(tree.storePaths.map(({ path, dominator: holder }) => [path, holder]))
    const retained = new Map(tree.storePaths.map((row) => [row.path, row.retained]))
    const own = new Map(tree.storePaths.map((row) => [row.path, row.own]))
    let places = 0
    const parts = new Set(all.storePaths.filter(({ root }) => root !== null).map(({ path }) => path))
    const structural = all.storePaths.flatMap(({ path: to, referring }) =>
      referring.filter(({ kind }) => kind === 'structural').map(({ path: from }) => ({ from, to })),
    )
    for (let before = -1; before !== parts.size; ) {
      before = parts.size
      for (const { from, to } of structural) if (parts.has(from)) parts.add(to)
    }
    expect(parts.size).toBe(10)
    for (const answer of all.storePaths) {
      const { path, referring, routes, singleCuts, smallestCut, goesWithIt, root } = answer
      const direct = tree.storePaths.filter((row) => row.references.includes(path))
      expect(referring.map((referrer) => referrer.path)).toEqual(direct.map((row) => row.path))
      // One reference alone frees what the path retains, or none frees anything.
      const freeing = referring.filter(({ frees }) => frees > 0)
      // A copy for the boot loader is not freed.
      const isInBoot = /-(initrd-)?linux-6\.18\.2$/.test(path)
      for (const { frees } of freeing) expect(frees < answer.retained).toBe(isInBoot)
      expect(freeing.map(({ frees }) => frees)).toEqual(
        freeing.length === 0 ? [] : [isInBoot ? expect.any(Number) : answer.retained],
      )
      expect(routes.map((line) => line.path)).toContain(path)
      expect(routes[0]).toMatchObject({ depth: 0, from: null, places: [], repeated: false })
      for (const line of routes.slice(1)) {
        expect(references).toContain(`${line.from} ${line.path}`)
        expect(line.places.length).toBeGreaterThan(0)
        places += line.places.length
      }
      for (const { from, to, kind, frees } of singleCuts) {
        expect(references).toContain(`${from} ${to}`)
        expect(heldBy.get(to)).toBe(from)
        expect(frees).toBe(retained.get(to))
        expect(kind).not.toBe('structural')
      }
      const dominated: string[] = []
      for (const other of heldBy.keys()) {
        for (let at = heldBy.get(other); at != null; at = heldBy.get(at)) if (at === path) dominated.push(other)
      }
      expect(goesWithIt.map((row) => row.path).sort()).toEqual(dominated.sort())
      for (const row of goesWithIt) expect(row.own).toBe(own.get(row.path))
      // Structural references alone lead to the parts of the system.
      expect(smallestCut === null).toBe(root !== null || parts.has(path))
      if (smallestCut === null) continue
      expect(smallestCut.removes.map(({ kind }) => kind)).not.toContain('structural')
      expect(smallestCut.owners).toEqual(expect.arrayContaining([path, ...dominated]))
      expect(smallestCut.frees).toBeGreaterThanOrEqual(answer.retained)
      expect(smallestCut.parts.reduce((sum, { frees }) => sum + frees, 0)).toBe(smallestCut.frees)
      expect(smallestCut.parts.map((part) => part.path)).toEqual(smallestCut.owners)
    }
    expect(places).toBeGreaterThan(200)
  })

  it('tells places where the hash stands', () => {
    const store = open.nested(open.image.tree.entries.find(({ name }) => name === 'nix-store.squashfs')!)!
    for (const { path, referring } of all.storePaths) {
      for (const referrer of referring) {
        for (const { file, kind, offset } of referrer.places) {
          if (kind !== 'name') continue
          expect(file.slice(file.lastIndexOf('/') + 1).slice(offset, offset + 32)).toBe(path.slice(11, 43))
        }
      }
    }
    const boost = answerFor(all, 'boost-1.87.0')
    const [place] = boost.referring[0]!.places
    const { stdout } = isoscope([
      'cat',
      'mini.iso',
      `/nix-store.squashfs/${boost.referring[0]!.path.slice(11)}/${place!.file}`,
    ])
    expect(place!.kind).toBe('content')
    expect(stdout.indexOf(boost.path.slice(11, 43))).toBe(place!.offset)
    expect(store.image.format.name).toBe('squashfs')
  })

  it('lists what is mentioned and not registered: bash, in the manual of Nix, and nothing else', () => {
    const mentioned = all.storePaths.flatMap(({ path, unregisteredMentions }) =>
      unregisteredMentions!.map((mention) => [nameOf(path), nameOf(mention.path), mention.places]),
    )
    expect(mentioned).toEqual([
      [
        'bash-5.3p9',
        'nix-manual-2.31.2',
        [{ file: 'share/doc/nix/manual/example.html', kind: 'content', offset: expect.any(Number) }],
      ],
    ])
  })

  it.each(['registration', 'scan'])('knows of no such mentions where all is by %s', (references) => {
    const json = jsonOf<WhyJson>('why', 'mini.iso', 'bash', '--references', references)
    expect(json.referencesFrom).toBe(references)
    expect(json.storePaths.map(({ unregisteredMentions }) => unregisteredMentions)).toEqual([null])
    // By a scan the manual is a referrer like others.
    const referrers = json.storePaths[0]!.referring.map(({ path }) => nameOf(path))
    expect(referrers.includes('nix-manual-2.31.2')).toBe(references === 'scan')
  })

  it('tells one place without a scan, and all with one', () => {
    const etc = (json: WhyJson): readonly Place[] => json.storePaths[0]!.referring[0]!.places
    const one = etc(jsonOf('why', 'mini.iso', 'etc', '--references', 'registration'))
    const several = etc(jsonOf('why', 'mini.iso', 'etc'))
    expect(one).toEqual([{ file: 'etc', kind: 'target', offset: 11 }])
    expect(several.map(({ file, kind }) => [file, kind])).toEqual([
      ['etc', 'target'],
      ['activate', 'content'],
    ])
  })

  it('takes a root as given', () => {
    const json = jsonOf<WhyJson>('why', 'mini.iso', 'boost', 'systemd', '--root', 'nix-2.31.2')
    expect(json.roots).toMatchObject([{ reason: 'given' }])
    const [boost, systemd] = json.storePaths
    expect(boost!.routes.map(({ path }) => nameOf(path))).toEqual(['nix-2.31.2', 'nix-util-2.31.2', 'boost-1.87.0'])
    // From Nix nothing leads to systemd.
    expect(systemd).toMatchObject({
      retained: 0,
      referring: [],
      routes: [],
      singleCuts: [],
      smallestCut: null,
      root: null,
    })
  })
})

describe('isoscope why', () => {
  it('draws in ASCII where the locale is not UTF-8, and then says the same', () => {
    const args = ['why', 'mini.iso', 'tzdata', '-a', '-e']
    const { stdout } = isoscope(args, { LC_ALL: 'C' })
    expect(stdout.every((byte) => byte < 0x80)).toBe(true)
    const signs: Record<string, string> = {
      '├': '|',
      '└': '`',
      '│': '|',
      '─': '-',
      '…': '~',
      '≈': '~',
      '→': '>',
      '·': '|',
    }
    const drawn = isoscope(args).stdout.toString()
    expect(drawn).toMatch(/[├└─→≈…]/)
    expect(stdout.toString()).toBe(drawn.replace(/[├└│─…≈→·]/g, (sign) => signs[sign]!))
  })

  it('is coloured when asked, and then says the same', () => {
    const args = ['why', 'mini.iso', 'tzdata', '-a', '-e']
    const plain = isoscope(args).stdout.toString()
    const colored = isoscope([...args, '--color', 'always']).stdout.toString()
    expect(colored).toContain('\u001b[1mtzdata-2025b\u001b[22m')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escapes are what is taken out
    expect(colored.replace(/\u001b\[\d+m/g, '')).toBe(plain)
  })

  it('answers for several names one after the other, with an empty line between', () => {
    const one = (name: string): string => isoscope(['why', 'mini.iso', name]).stdout.toString()
    const both = isoscope(['why', 'mini.iso', 'boost', 'zlib'])
    expect(both).toMatchObject({ code: 0, stderr: '' })
    expect(both.stdout.toString()).toBe(`${one('boost')}\n${one('zlib')}`)
  })

  it('answers for all that a glob matches, largest first', () => {
    const { code, stdout } = isoscope(['why', 'mini.iso', 'nix-*2.31.2', 'nix-2.31.2', '--json'])
    const { storePaths: paths } = JSON.parse(stdout.toString()) as { storePaths: { path: string; own: number }[] }
    expect({ code, names: paths.map(({ path }) => path.slice(44)) }).toEqual({
      code: 0,
      names: ['nix-manual-2.31.2', 'nix-store-2.31.2', 'nix-expr-2.31.2', 'nix-util-2.31.2', 'nix-2.31.2'],
    })
    expect(paths.map(({ own }) => own)).toEqual(paths.map(({ own }) => own).sort((a, b) => b - a))
  })

  it.each([
    ['perll', 'perl-5.42.0'],
    ['Perl', 'perl-5.42.0'],
    ['sqlit-3.51.1', 'sqlite-3.51.1'],
    ['/nix/store/0000000000000000000000000000000x-systmd-258.3', 'systemd-258.3'],
  ])('guesses what %s was meant to be', (name, near) => {
    expect(isoscope(['why', 'mini.iso', name])).toMatchObject({
      code: 1,
      stderr: `isoscope: no store path in mini.iso matches '${name}'; did you mean ${near}?\n`,
    })
  })

  it('lists what an ambiguous name may mean', () => {
    const { code, stdout, stderr } = isoscope(['why', 'mini.iso', 'boost', 'lib'])
    expect({ code, stdout: stdout.toString() }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toBe(`isoscope: mini.iso: 'lib' is ambiguous: 3 store paths match:
  30.2 KiB  glibc-2.42-47
  17.3 KiB  gcc-15.2.0-lib
   4.9 KiB  zlib-1.3.1
`)
  })

  it('answers for those that are there, and says which are not', () => {
    const { code, stdout, stderr } = isoscope(['why', 'mini.iso', 'emacs', 'boost'])
    expect({ code, stderr }).toEqual({ code: 1, stderr: "isoscope: no store path in mini.iso matches 'emacs'\n" })
    expect(stdout).toEqual(isoscope(['why', 'mini.iso', 'boost']).stdout)
    expect(isoscope(['why', 'mini.iso', 'libcrypto']).stderr).toBe(
      "isoscope: no store path in mini.iso matches 'libcrypto'; did you mean lib/libcrypto.so.3, a file of openssl-3.6.0?\n",
    )
    expect(isoscope(['why', 'mini.iso', 'system-path -> perl']).stderr).toBe(
      "isoscope: 'system-path -> perl' is a reference; isoscope without says what goes without it\n",
    )
    expect(isoscope(['why', 'mini.iso', 'emacs'])).toMatchObject({ code: 1, stdout: Buffer.alloc(0) })
    const none = isoscope(['why', 'mini.iso', 'emacs', '--json'])
    expect(none.code).toBe(1)
    expect(JSON.parse(none.stdout.toString())).toMatchObject({ storePaths: [] })
  })

  it('names the reference to a text that a module generates', () => {
    const { stdout } = isoscope(['why', 'mini.iso', 'unit-register-nix-paths.service'])
    expect(stdout.toString()).toMatch(
      /≈ 351\.1 KiB {2}this, from the configuration:\n +└─ system-units → unit-register-nix-paths\.service\n/,
    )
    const part = isoscope(['why', 'mini.iso', 'initrd']).stdout.toString()
    expect(part).toContain('It is a part of the system: what puts the system together leads to it.')
  })

  it('says where nothing leads from', () => {
    const { code, stdout, stderr } = isoscope(['why', 'mini.iso', 'boost', '--to', 'system-path'])
    expect(code).toBe(1)
    expect(stderr).toMatch(
      /^isoscope: \/nix\/store\/\S+-system-path does not lead to \/nix\/store\/\S+-boost-1.87.0\n$/,
    )
    expect(stdout.toString()).not.toContain('REFERRED TO IN')
    expect(stdout.toString()).toContain('IF YOU REMOVE')
  })

  it.each([
    ['no such path to begin at', ['boost', '--to', 'emacs'], "--to: no store path matches 'emacs'"],
    ['no such root', ['boost', '--root', 'emacs'], "--root: no store path matches 'emacs'"],
    ['several roots', ['boost', '--root', 'lib'], "'lib' is ambiguous"],
    ['no name', [], 'why needs the name of a store path or package: isoscope why <image> <names..>'],
  ])('says what is wrong: %s', (_, args, sentence) => {
    const { code, stdout, stderr } = isoscope(['why', 'mini.iso', ...args])
    expect({ code, stdout: stdout.toString() }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(sentence)
    expect(stderr).not.toMatch(/^ {4}at /m)
  })

  it('says so where there are no store paths', () => {
    expect(isoscope(['why', 'zstd.squashfs', 'boost'])).toMatchObject({
      code: 2,
      stderr: 'isoscope: zstd.squashfs: there are no store paths and no packages in it\n',
    })
  })
})

describe('why of a file', () => {
  const NIX = '/nix/store/lqndabdvnz9p31a68ilqpml8f44msjpc-nix-2.31.2'

  it.each([
    ['bin/nix', `${NIX}/bin/nix`],
    ['nix-2.31.2/bin/nix', `${NIX}/bin/nix`],
    ['lqndab/bin/nix', `${NIX}/bin/nix`],
    // Of a link in a profile and the file that it leads to, the file.
    ['bin/coreutils', '/nix/store/6cz5y51fk1j4zcsk6lizrbb4r61mw6p1-coreutils-9.9/bin/coreutils'],
    ['libssl.so.*', '/nix/store/5sv1zdi68bqgvjvw9kfwlnkrp0n2rpg3-openssl-3.6.0/lib/libssl.so.3'],
    ['lib/perl5/5.42.0', '/nix/store/sz3rmb70wrlg5ddx7k2ni0l3sp912iha-perl-5.42.0/lib/perl5/5.42.0'],
  ])('%s: names it, and answers for its store path', (name, file) => {
    const { code, stdout, stderr } = isoscope(['why', 'mini.iso', name])
    expect({ code, stderr }).toEqual({ code: 0, stderr: `isoscope: '${name}' is ${file}\n` })
    const path = file.split('/').slice(0, 4).join('/')
    expect(stdout).toEqual(isoscope(['why', 'mini.iso', path]).stdout)
    const refs = isoscope(['refs', 'mini.iso', name])
    expect(refs.stdout).toEqual(isoscope(['refs', 'mini.iso', path]).stdout)
  })

  it('takes the full path of a file', () => {
    const { code, stdout, stderr } = isoscope(['why', 'mini.iso', `${NIX}/bin/nix`])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toEqual(isoscope(['why', 'mini.iso', NIX]).stdout)
  })

  it('lists the choices if several store paths have it', () => {
    expect(isoscope(['why', 'mini.iso', 'share/LICENSE'])).toMatchObject({ code: 2 })
    const [sentence, ...choices] = isoscope(['why', 'mini.iso', 'LICENSE']).stderr.trimEnd().split('\n')
    expect(sentence).toBe(`isoscope: mini.iso: 'LICENSE' is ambiguous: ${choices.length} store paths have it:`)
    const files = isoscope(['ls', 'mini.iso', '--find', 'LICENSE']).stdout.toString().trimEnd().split('\n')
    expect(choices.sort()).toEqual(files.map((path) => path.replace('/nix-store.squashfs/', '  /nix/store/')).sort())
  })

  it('says no', () => {
    expect(isoscope(['why', 'mini.iso', 'bin/none'])).toMatchObject({
      code: 1,
      stderr: "isoscope: no store path in mini.iso matches 'bin/none'\n",
    })
  })
})

describe('cuts of many references', () => {
  it('are offered in no format, unless all is wanted', () => {
    const told = (...options: string[]): string => isoscope(['why', 'mini.iso', 'glibc', ...options]).stdout.toString()
    for (const format of ['text', 'md']) {
      const some = told('-f', format).replaceAll(/\s+/g, ' ')
      expect(some).toMatch(/\d+ paths hold it: not worth cutting\. It would take \d+ references\./)
      expect(told('-f', format, '--all')).not.toContain('not worth cutting')
    }
  })
})
