import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { main } from 'assemblyscript/asc'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const SOURCES = 'parsers/codecs/assembly'
/** Modules as text in TypeScript, so that `parsers/` reads no file and a bundle holds them. */
const COMPILED = 'parsers/codecs/wasm/compiled'

/** Compiles each decoder in AssemblyScript that is newer than what is compiled of it. */
export async function compileAssembly() {
  mkdirSync(join(ROOT, COMPILED), { recursive: true })
  const newest = Math.max(
    ...readdirSync(join(ROOT, SOURCES), { recursive: true }).map((name) => timeOf(join(SOURCES, String(name)))),
    timeOf('package-lock.json'),
    timeOf('scripts/assembly.js'),
  )
  for (const file of readdirSync(join(ROOT, SOURCES)).filter((name) => isModule(join(SOURCES, name)))) {
    const name = file.replace(/\.ts$/, '')
    const output = join(COMPILED, file)
    if (timeOf(output) > newest) continue
    const text = Buffer.from(await compile(join(SOURCES, file))).toString('base64')
    const source = `// Compiled from ${SOURCES}/${file}.\nexport const ${name}: string =\n  '${text}'\n`
    writeFileSync(join(ROOT, output), source)
  }
}

/** A module is a file that passes on where the caller's memory begins. @param {string} path */
function isModule(path) {
  return path.endsWith('.ts') && readFileSync(join(ROOT, path), 'utf8').includes('export { CALLER }')
}

/** @param {string} entry @returns {Promise<Uint8Array>} */
async function compile(entry) {
  /** @type {Uint8Array | undefined} */
  let binary
  // No runtime, no imports: the modules allocate nothing and call nothing.
  const options = [
    '-O3',
    '--noAssert',
    '--runtime',
    'stub',
    '--use',
    'abort=',
    '--enable',
    'simd',
    '--initialMemory',
    '3',
  ]
  const { error, stderr } = await main([entry, ...options, '--outFile', 'module.wasm'], {
    readFile: (name, base = ROOT) => readText(join(base, name)),
    writeFile: (_name, contents) => {
      if (typeof contents !== 'string') binary = contents
    },
    listFiles: () => [],
  })
  const warnings = stderr.toString()
  if (error !== null || binary === undefined || warnings !== '') throw new Error(`${entry}: ${warnings || error}`)
  return binary
}

/** @param {string} path */
function readText(path) {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ? readFileSync(path, 'utf8') : null
}

/** @param {string} path */
function timeOf(path) {
  return statSync(join(ROOT, path), { throwIfNoEntry: false })?.mtimeMs ?? 0
}
