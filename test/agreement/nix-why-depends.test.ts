import { randomInt } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import type { FormatError } from '../../parsers/bytes/errors.ts'
import { whyDepends } from '../../src/analyses/why-depends.ts'
import { neighbours, numberOfKey, type ReferenceGraph, reachableFrom } from '../../src/graph/reference-graph.ts'
import { contentSource } from '../../src/images/content-reader.ts'
import { type OpenImage, openImage } from '../../src/images/open-image.ts'
import { fullNameOf } from '../../src/owners/names.ts'
import { HASH_LENGTH } from '../../src/owners/nix/reference-scanner.ts'
import { findRegistration, registeredReferences } from '../../src/owners/nix/registered-references.ts'
import { readRegistration } from '../../src/owners/nix/registration.ts'
import { STORE_DIRECTORY } from '../../src/owners/nix/store-path.ts'
import { nixDistances, UNREACHED } from '../../src/owners/nix/why-depends-order.ts'
import type { Owner } from '../../src/owners/owner.ts'
import { ownersIn } from '../../src/owners/owners-in.ts'
import { placesIn } from '../../src/owners/places-of-references.ts'
import type { References } from '../../src/owners/references.ts'
import { whyDependsLine } from '../../src/present/text/why-depends.ts'
import { scanReferences } from '../../src/scan/scan-references.ts'
import { scannedReferences } from '../../src/scan/scanned-references.ts'
import { isoscope } from '../cli/run.ts'
import { describeWith, isCI, mustRun, type Output } from '../oracle.ts'
import { Nix, twoAtATime } from './nix-oracle.ts'
import { packSquashfs } from './pack-squashfs.ts'
import { Random } from './random.ts'
import { type MadeGraph, type MadeStore, narSize, randomStore, registrationOf, writeStore } from './random-store.ts'

/** Fixed in CI, else another in each run. It is printed, and NIX_SEED repeats it. */
const SEED = process.env['NIX_SEED'] ?? (isCI() ? '1' : String(randomInt(1e9)))

/** Where Nix's nodes are taken to lie in memory, by path number; undefined for the order of names, as the product has it. */
let ranksInMemory: readonly number[] | undefined

vi.mock('../../src/owners/nix/why-depends-order.ts', async (original) => {
  const actual = await original<typeof import('../../src/owners/nix/why-depends-order.ts')>()
  const nixDistances: typeof actual.nixDistances = (graph, target, within) =>
    ranksInMemory === undefined
      ? actual.nixDistances(graph, target, within)
      : distancesByRank(graph, target, ranksInMemory, within)
  return { ...actual, nixDistances }
})

/** What mksquashfs is told of each store, beside what NixOS tells it: of stores of each block size. */
const STORES: readonly (readonly [number, ...string[]])[] = [
  [1 << 20, '-comp', 'zstd', '-Xcompression-level', '3', '-no-hardlinks'],
  [1 << 20, '-comp', 'xz', '-Xdict-size', '100%', '-Xbcj', 'x86', '-no-hardlinks'],
  [1 << 20, '-noI', '-noD', '-noF', '-noX'],
  [1 << 20, '-comp', 'gzip', '-always-use-fragments', '-no-sparse'],
  [131072, '-comp', 'gzip', '-no-duplicates'],
  [131072, '-comp', 'lz4'],
  [131072, '-comp', 'lzo', '-always-use-fragments'],
  [131072, '-comp', 'zstd', '-Xcompression-level', '1', '-noF', '-no-exports'],
  [4096, '-comp', 'gzip', '-Xcompression-level', '1'],
  [4096, '-comp', 'zstd', '-Xcompression-level', '1', '-no-fragments'],
  [4096, '-comp', 'lz4', '-always-use-fragments', '-no-sparse'],
  [4096, '-comp', 'xz', '-nopad'],
]

/** One of them is picked for each question, because a process of Nix takes 60 ms before it does anything. */
const FLAGS = [[], ['--precise'], ['--all'], ['--all', '--precise']] as const
type Flags = (typeof FLAGS)[number]

/** 100 Nix processes take seconds, and other tests run beside them. */
const TIME_LIMIT = 300_000

/** Orders of nodes in memory that are tried to explain an answer of Nix's by. */
const ORDERS = 20_000

/** A store on disk for Nix, and as an image for us. */
interface Sample {
  readonly store: MadeStore
  readonly nix: Nix
  readonly image: string
  readonly open: OpenImage
  readonly owners: ReadonlyMap<string, Owner>
  readonly registered: References
  readonly scanned: References
}

/** What was compared, and how it went. */
const tally = {
  graphs: 0,
  questions: 0,
  unreachable: 0,
  /** How often each set of flags was asked. */
  asked: new Map<Flags, number>(),
  /** Outputs, with the references of the registration and of the scan. */
  registered: 0,
  scanned: 0,
  commandLine: 0,
  /** Outputs that hang on where Nix's nodes lie in memory, and those of them that another order explains. */
  addressed: 0,
  explained: 0,
  closures: 0,
}

describeWith(['nix', 'nix-store', 'mksquashfs', 'unsquashfs'], `random stores of NIX_SEED=${SEED}`, () => {
  let work = ''
  beforeAll(() => {
    process.stdout.write(`NIX_SEED=${SEED}\n`)
    work = mkdtempSync(join(tmpdir(), 'isoscope-nix-'))
  })
  afterAll(() => rmSync(work, { recursive: true, force: true }))

  for (const [index, [blockSize, ...options]] of STORES.entries()) {
    it(
      `blocks of ${blockSize} bytes, ${options.join(' ')}`,
      async () => {
        const random = new Random(`${SEED}/${index}`)
        const folder = join(work, String(index))
        try {
          await compare(random, folder, blockSize, options, index === 0)
        } catch (error) {
          throw new Error(`NIX_SEED=${SEED} repeats this: ${(error as Error).message}`, { cause: error })
        } finally {
          rmSync(folder, { recursive: true, force: true })
        }
      },
      TIME_LIMIT,
    )
  }

  it('says no about a path that is nowhere', async () => {
    const sample = await makeSample(new Random(SEED), join(work, 'nowhere'), 4096, [])
    const nowhere = `/nix/store/${'9'.repeat(32)}-nowhere`
    const from = fullNameOf(sample.registered, 0)
    const nix = await sample.nix.run('nix', ['why-depends', from, nowhere])
    const sentence = `'${from}' does not depend on '${nowhere}'\n`
    expect(nix).toMatchObject({ code: 0, stdout: Buffer.alloc(0) })
    // Before it Nix says that it does not know how to build it.
    expect(nix.stderr.split('\n').slice(-2)).toEqual(sentence.split('\n'))
    expect(isoscope(['why-depends', sample.image, from, nowhere])).toMatchObject({ code: 1, stderr: sentence })
    sample.open.close()
  })

  it('compared what it should have', () => {
    expect(tally.graphs).toBe(STORES.length * 18)
    expect(tally.questions).toBeGreaterThan(800)
    expect(tally.registered).toBe(tally.questions)
    for (const flags of flagsFor(nixVersion())) expect(tally.asked.get(flags)).toBeGreaterThan(150)
    expect(tally.scanned).toBeGreaterThan(tally.registered / 3)
    expect(tally.unreachable).toBeGreaterThan(40)
    expect(tally.commandLine).toBe(STORES.length * 5)
    expect(tally.closures).toBe(STORES.length * 3)
    process.stdout.write(`${JSON.stringify(tally)}\n`)
  })
})

/** Makes a store, and compares all that Nix says of it with what we say. */
async function compare(
  random: Random,
  folder: string,
  blockSize: number,
  options: readonly string[],
  withNars: boolean,
): Promise<void> {
  const sample = await makeSample(random, folder, blockSize, options)
  try {
    expectScanFindsAll(sample)
    if (withNars) await expectMentionsAsInNars(sample, folder)
    const questions = sample.store.graphs.flatMap((graph) => questionsAbout(random, sample, graph))
    const asked = questions.map((question) => {
      return { question, flags: random.pick(flagsFor(nixVersion())) }
    })
    const ofCommandLine = new Set(random.shuffled(asked).slice(0, 5))
    await twoAtATime(asked, async (item) => {
      const { question, flags } = item
      const said = await sample.nix.run('nix', ['why-depends', ...argumentsOf(sample, question, flags)])
      expectSame(sample, question, flags, said)
      tally.asked.set(flags, (tally.asked.get(flags) ?? 0) + 1)
      if (ofCommandLine.has(item)) expectSameOfCommandLine(sample, question, flags, said)
    })
    await expectSameClosures(sample, random)
    tally.graphs += sample.store.graphs.length
    tally.questions += questions.length
  } finally {
    sample.open.close()
  }
}

function nixVersion(): string {
  return mustRun('nix', ['--version']).toString()
}

/** With --precise, Nix 2.15 to 2.17 printed lines out of order, and 2.29 to 2.31 left out the store's directory. */
function flagsFor(version: string): readonly Flags[] {
  const minor = Number(/ 2\.(\d+)/.exec(version)?.[1])
  const isWrong = (minor >= 15 && minor <= 17) || (minor >= 29 && minor <= 31)
  return isWrong ? FLAGS.filter((flags) => !flags.some((flag) => flag === '--precise')) : FLAGS
}

async function makeSample(
  random: Random,
  folder: string,
  blockSize: number,
  options: readonly string[],
): Promise<Sample> {
  const nix = new Nix(folder)
  const store = randomStore(random, blockSize)
  writeStore(store, nix.store)
  // Nix takes no cycles, but it does not look for them across two registrations.
  nix.load(registrationOf(store, (from, to) => to <= from))
  nix.load(registrationOf(store, (from, to) => to >= from))
  const registration = join(folder, 'nix-path-registration')
  writeFileSync(registration, registrationOf(store))
  const image = join(folder, 'nix-store.squashfs')
  const paths = store.paths.map(({ base }) => join(nix.store, base))
  const asNixos = ['-keep-as-directory', '-all-root', '-root-mode', '0755', '-no-progress', '-quiet']
  const packing = ['-processors', '2', '-b', String(blockSize), ...options]
  packSquashfs(image, [registration, ...paths], [...asNixos, ...packing])
  const open = openImage(image)
  const { owners, images } = ownersIn(open)
  const registered = registeredReferences(images, new Set(owners.keys()))!
  expect(registered.warnings).toEqual([])
  const scanned = scannedReferences(
    await scanReferences(open, owners, { jobs: 1 }),
    [...owners.keys()],
    STORE_DIRECTORY,
  )
  return { store, nix, image, open, owners, registered, scanned }
}

/** The scan's graph is what looking for every hash in everything finds, and the registration is read as it is. */
function expectScanFindsAll({ store, registered, scanned }: Sample): void {
  expect(scanned.warnings).toEqual([])
  const told = (what: 'references' | 'mentions'): string[] =>
    store.paths.flatMap((path) => path[what].map((to) => `${path.base} ${store.paths[to]!.base}`)).sort()
  for (const [graph, what] of [
    [registered.graph, 'references'],
    [scanned.graph, 'mentions'],
  ] as const) {
    const wanted = told(what)
    const found = edgesOf(graph)
    const missing = wanted.filter((edge) => !found.includes(edge)).map((edge) => `not found: ${edge}`)
    const invented = found.filter((edge) => !wanted.includes(edge)).map((edge) => `not there: ${edge}`)
    expect([...missing, ...invented].join('\n')).toBe('')
    expect(found).toHaveLength(wanted.length)
  }
}

function edgesOf({ keys, references }: ReferenceGraph): string[] {
  return keys.flatMap((key, number) => [...neighbours(references, number)].map((to) => `${key} ${keys[to]}`)).sort()
}

/** The same, and the sizes the registration has, with the NARs that Nix writes and a search by grep. */
async function expectMentionsAsInNars({ store, nix }: Sample, folder: string): Promise<void> {
  const nars = join(folder, 'nars')
  mkdirSync(nars)
  await twoAtATime(store.paths, async ({ base, node }) => {
    const { code, stdout } = await nix.run('nix-store', ['--dump', join(nix.store, base)])
    expect({ code, size: stdout.length }).toEqual({ code: 0, size: narSize(node) })
    writeFileSync(join(nars, base), stdout)
  })
  for (const [number, { base }] of store.paths.entries()) {
    // Grep ends with 1 where nothing is found.
    const command = `cd "$1" && grep -rlaF -e "$0" . || [ $? -eq 1 ]`
    const found = mustRun('sh', ['-c', command, base.slice(0, HASH_LENGTH), nars]).toString()
    const expected = store.paths.filter(({ mentions }) => mentions.includes(number)).map((path) => `./${path.base}`)
    expect(found.split('\n').slice(0, -1).sort()).toEqual(expected.sort())
  }
}

interface Question {
  readonly from: number
  readonly to: number
}

/** Some pairs of a graph: what can be reached from its first path and from others, a path itself, and what cannot. */
function questionsAbout(
  random: Random,
  { store, registered: { graph } }: Sample,
  { start, end, shape }: MadeGraph,
): Question[] {
  const members = store.paths.slice(start, end).map(({ base }) => numberOfKey(graph, base))
  const reachable = (from: number, wanted: 0 | 1): Question => {
    const closure = reachableFrom(graph.references, [from])
    const found = members.filter((to) => to !== from && closure[to] === wanted)
    const others = graph.keys.map((_, to) => to).filter((to) => closure[to] === 0)
    if (wanted === 1) return { from, to: found.length === 0 ? from : random.pick(found) }
    return { from, to: random.pick(found.length === 0 ? others : found) }
  }
  const itself = random.pick(members)
  if (shape === 'one path') return [{ from: itself, to: itself }]
  return [
    reachable(members[0]!, 1),
    reachable(random.pick(members), 1),
    random.oneIn(3) ? { from: itself, to: itself } : reachable(members[random.below(2)]!, 1),
    random.oneIn(4) ? reachable(random.pick(members), 0) : reachable(random.pick(members), 1),
  ]
}

function argumentsOf({ registered }: Sample, { from, to }: Question, flags: Flags): string[] {
  return [fullNameOf(registered, from), fullNameOf(registered, to), ...flags]
}

function fail(error: FormatError): never {
  throw error
}

/** What we answer, in colour as Nix does. */
function answer({ owners }: Sample, references: References, { from, to }: Question, flags: Flags): Buffer {
  const { graph } = references
  const all = flags.some((flag) => flag === '--all')
  const precise = flags.some((flag) => flag === '--precise')
  const placesOf = placesIn(owners, graph, true, fail)
  const lines = whyDepends({ graph, from, to, all, ...(precise ? { placesOf } : {}) })
  const style = { paths: (path: number) => fullNameOf(references, path), precise, color: true, safe: String }
  return Buffer.from([...lines].map((line) => `${whyDependsLine(line, style)}\n`).join(''), 'latin1')
}

/** Compares all that Nix said with what we say, by the registration, and by the scan where it finds the same. */
function expectSame(sample: Sample, question: Question, flags: Flags, said: Output): void {
  const { registered, scanned } = sample
  const { graph } = registered
  const [from, to] = argumentsOf(sample, question, [])
  const closure = reachableFrom(graph.references, [question.from])
  const isReachable = closure[question.to] === 1
  const stderr = isReachable ? '' : `'${from}' does not depend on '${to}'\n`
  expect({ code: said.code, stderr: said.stderr, isEmpty: said.stdout.length === 0 }).toEqual({
    code: 0,
    stderr,
    isEmpty: !isReachable,
  })
  const ours = answer(sample, registered, question, flags)
  const isAddressed = isReachable && hangsOnAddresses(graph, question.to, closure)
  tally.registered += 1
  if (!isReachable) tally.unreachable += 1
  if (isAddressed) tally.addressed += 1
  if (!ours.equals(said.stdout)) {
    const details = disagreement(sample, question, flags, ours, said.stdout)
    expect(isAddressed, details).toBe(true)
    expect(isExplained(sample, question, flags, said.stdout, closure), details).toBe(true)
    tally.explained += 1
  }
  const isFaithful = graph.keys.every((_, path) => {
    const found = neighbours(scanned.graph.references, path)
    return closure[path] === 0 || neighbours(graph.references, path).join() === found.join()
  })
  if (!isFaithful) return
  tally.scanned += 1
  expect(answer(sample, scanned, question, flags).equals(ours)).toBe(true)
}

/** Distances in Nix's way, when nodes lie in memory in the order of their ranks. */
function distancesByRank(
  graph: ReferenceGraph,
  target: number,
  ranks: readonly number[],
  within: Uint8Array,
): Uint32Array {
  const distances = new Uint32Array(graph.keys.length).fill(UNREACHED)
  const queued = new Set<number>()
  const queue = [target]
  distances[target] = 0
  while (queue.length > 0) {
    queue.sort((a, b) => ranks[a]! - ranks[b]!)
    const path = queue.pop()!
    for (const referrer of neighbours(graph.referrers, path)) {
      if (within[referrer] === 0 || distances[path]! + 1 >= distances[referrer]!) continue
      distances[referrer] = distances[path]! + 1
      if (!queued.has(referrer)) queue.push(referrer)
      queued.add(referrer)
    }
  }
  return distances
}

/**
 * Whether Nix's answer may hang on where its nodes lie in memory, which is in the order of names most of the time:
 * whether another order gives other distances.
 */
function hangsOnAddresses(graph: ReferenceGraph, target: number, within: Uint8Array): boolean {
  const ours = nixDistances(graph, target, within).join()
  const numbers = graph.keys.map((_, path) => path)
  const random = new Random(String(target))
  const orders = [numbers.map((number) => -number), ...Array.from({ length: 50 }, () => random.shuffled(numbers))]
  expect(distancesByRank(graph, target, numbers, within).join()).toBe(ours)
  return orders.some((ranks) => distancesByRank(graph, target, ranks, within).join() !== ours)
}

/** Whether some order of nodes in memory gives what Nix said, byte for byte. */
function isExplained(sample: Sample, question: Question, flags: Flags, theirs: Buffer, closure: Uint8Array): boolean {
  const { graph } = sample.registered
  const random = new Random(String(question.to))
  const tried = new Set<string>()
  try {
    for (let order = 0; order < ORDERS; order += 1) {
      ranksInMemory = someOrder(random, graph.keys.length, order)
      const distances = distancesByRank(graph, question.to, ranksInMemory, closure).join()
      if (tried.has(distances)) continue
      tried.add(distances)
      if (answer(sample, sample.registered, question, flags).equals(theirs)) return true
    }
    return false
  } finally {
    ranksInMemory = undefined
  }
}

/** The order of names with a few paths moved, as freed memory that is used again makes it; or any order at all. */
function someOrder(random: Random, length: number, order: number): number[] {
  const numbers = Array.from({ length }, (_, path) => path)
  if (order % 4 === 3) return random.shuffled(numbers)
  for (let moves = 1 + (order % 4) * 2; moves > 0; moves -= 1) {
    const [moved] = numbers.splice(random.below(length), 1)
    numbers.splice(random.below(length), 0, moved!)
  }
  const ranks = new Array<number>(length)
  for (const [rank, path] of numbers.entries()) ranks[path] = rank
  return ranks
}

function disagreement(sample: Sample, question: Question, flags: Flags, ours: Buffer, theirs: Buffer): string {
  const { graph } = sample.registered
  const shown = (text: Buffer): string =>
    text
      .toString('latin1')
      .split('\n')
      .map((line) => `  ${JSON.stringify(line)}`)
      .join('\n')
  const closure = reachableFrom(graph.references, [question.from])
  const edges = edgesOf(graph).filter((edge) => closure[numberOfKey(graph, edge.split(' ')[0]!)] === 1)
  return `nix why-depends ${argumentsOf(sample, question, flags).join(' ')}
references:\n  ${edges.join('\n  ')}
ours:\n${shown(ours)}
Nix's:\n${shown(theirs)}`
}

/** The same through the command line, which has an exit code of its own for no. */
function expectSameOfCommandLine(sample: Sample, question: Question, flags: Flags, said: Output): void {
  const ours = answer(sample, sample.registered, question, flags)
  const words = ['why-depends', sample.image, ...argumentsOf(sample, question, flags), '--color=always']
  const { code, stdout, stderr } = isoscope(words)
  expect({ code, stderr }).toEqual({ code: said.stdout.length === 0 ? 1 : 0, stderr: said.stderr })
  expect(stdout.toString('latin1')).toBe(ours.toString('latin1'))
  tally.commandLine += 1
}

/** Sums of the registered sizes over closures, with those of `nix path-info`. */
async function expectSameClosures(sample: Sample, random: Random): Promise<void> {
  const { graph } = sample.registered
  const found = findRegistration(ownersIn(sample.open).images)!
  const source = contentSource(found.open.reader, found.entry)
  const { paths } = readRegistration(source.read(0, source.size), source)
  for (let times = 0; times < 3; times += 1) {
    const path = random.below(graph.keys.length)
    const closure = reachableFrom(graph.references, [path])
    const size = graph.keys.reduce((sum, base, number) => sum + closure[number]! * paths.get(base)!.narSize!, 0)
    const { stdout } = await sample.nix.run('nix', ['path-info', '--closure-size', fullNameOf(sample.registered, path)])
    expect(stdout.toString().trim().split(/\s+/)).toEqual([fullNameOf(sample.registered, path), String(size)])
    tally.closures += 1
  }
}
