import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const SOURCE = 'src/analyses/advise/nixos-hints.json'
/** As code, so that the library reads no file, a bundle holds it, and the compiler checks its shape. */
const COMPILED = 'src/analyses/advise/compiled'

/** Writes the table of hints as a module, unless it stands there already. */
export function compileHints() {
  const { $schema: _, ...table } = JSON.parse(readFileSync(join(ROOT, SOURCE), 'utf8'))
  const code = `// Made from ${SOURCE}.\nimport type { HintTable } from '../hint.ts'\n\nexport const HINT_TABLE: HintTable = ${JSON.stringify(table)}\n`
  const path = join(ROOT, COMPILED, 'nixos-hints.ts')
  if (readIfThere(path) === code) return
  mkdirSync(join(ROOT, COMPILED), { recursive: true })
  writeFileSync(path, code)
}

/** @param {string} path */
function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
