import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { compileAssembly } from './assembly.js'
import { bundle } from './bundle.js'
import { compileHints } from './hints.js'
import { compilePage } from './page.js'
import { buildWeb } from './web.js'

// Builds into a folder beside dist and moves each file into place. A rename replaces a file at once, so a command that
// runs meanwhile finds every file whole. `npm ci`, `npm pack` and the tests all build.

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const DIST = join(ROOT, 'dist')
/** Names the files of the build. A command of that build may still load one of them while the next build is moved in. */
const LIST = 'files.json'
/** What is loaded by this name, whatever the build; it comes last, when all that it loads is there. */
const ENTRIES = ['cli/http-thread.cjs', 'cli/image-process.cjs', 'cli/worker.cjs', 'cli/main.cjs', 'cli/start.cjs']
/** A build takes seconds: a folder that is this old belongs to one that was killed. In milliseconds. */
const ABANDONED = 3_600_000

removeAbandoned()
await compileAssembly()
compileHints()
await compilePage()
// Beside dist, so that paths out of it lead to the same places.
const aside = mkdtempSync(join(ROOT, 'dist.'))
try {
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc')
  run(compiler, '-p', join(ROOT, 'src/platform/web'), '--outDir', aside)
  run(compiler, '--outDir', aside)
  writePackage()
  await writeManPage()
  await bundle(aside)
  await buildWeb(join(aside, 'web'))
  moveIntoPlace()
} finally {
  rmSync(aside, { recursive: true, force: true })
}

/** Package imports of the sources lead to sources, and those of what is built to what is built. */
function writePackage() {
  const { type, imports, sideEffects } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const built = JSON.stringify({ type, imports, sideEffects }, undefined, 2).replaceAll('*.ts"', '*.js"')
  writeFileSync(join(aside, 'package.json'), `${built}\n`)
}

/** Writes the manual page, from the table of commands as tsc compiled it. */
async function writeManPage() {
  const compiled = (/** @type {string} */ name) => import(pathToFileURL(join(aside, 'src/cli', name)).href)
  const { COMMANDS } = await compiled('commands.js')
  const { shownCommands } = await compiled('completion/grammar.js')
  const { manPage } = await compiled('man-page.js')
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  writeFileSync(join(aside, 'isoscope.1'), manPage(shownCommands(COMMANDS), version))
}

function removeAbandoned() {
  for (const name of readdirSync(ROOT).filter((each) => /^dist\.\w{6}$/.test(each))) {
    const path = join(ROOT, name)
    const { mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? { mtimeMs: Date.now() }
    if (Date.now() - mtimeMs > ABANDONED) rmSync(path, { recursive: true, force: true })
  }
}

/** Runs a script with this Node. @param {string} script @param {string[]} args */
function run(script, ...args) {
  const { status, stdout } = spawnSync(process.execPath, [script, ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 1 << 26,
  })
  if (status === 0) return
  // What tsc found.
  process.stderr.write(stdout)
  throw new Error(`${relative(ROOT, script)} ended with ${status}`)
}

function moveIntoPlace() {
  const files = filesOf(aside)
  const before = listed()
  for (const name of [...files.filter((each) => !ENTRIES.includes(each)), ...ENTRIES]) {
    mkdirSync(dirname(join(DIST, name)), { recursive: true })
    renameSync(join(aside, name), join(DIST, name))
  }
  writeFileSync(join(aside, LIST), JSON.stringify(files))
  renameSync(join(aside, LIST), join(DIST, LIST))
  const kept = new Set([...files, ...before, LIST])
  for (const name of filesOf(DIST)) if (!kept.has(name)) rmSync(join(DIST, name), { force: true })
}

/** The files of the build that is in place. @returns {string[]} */
function listed() {
  try {
    return JSON.parse(readFileSync(join(DIST, LIST), 'utf8'))
  } catch {
    return []
  }
}

/** Paths of all files below a folder. @param {string} folder @returns {string[]} */
function filesOf(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
}
