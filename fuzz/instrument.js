import { rolldown } from 'rolldown'
import { parseAst } from 'rolldown/parseAst'

/** The module with the counters, which instrumented modules import. */
const COUNTERS = 'isoscope-fuzz-counters'
/** A module that we generate from the exports that the fuzzer needs. */
const ENTRY = 'isoscope-fuzz-entry'
/** More than the number of branches of any decoder. */
const COUNTERS_SIZE = 1 << 16

/** The counters, and a check of the size of typed arrays: at most this many elements at once. */
const COUNTERS_MODULE = `
export const hits = new Uint8Array(${COUNTERS_SIZE})
export const allocation = { limit: Infinity }
export function allocate(size) {
  if (typeof size === 'number' && size > allocation.limit) throw new Error(\`asked for \${size} elements at once\`)
  return size
}`

/**
 * Bundles a decoder and all its imports as one module, with a counter at every branch and no other changes. It exports
 * `decompress`, `twin` if there is one, FormatError, bytesSource, and `hits`, the counters.
 * @param {string} parsers the folder of the compiled parsers, with a slash @param {import('./targets.js').Target} target
 */
export function instrumentedDecoder(parsers, target) {
  const { twin } = target
  const entry = [
    [target.export, 'decompress', `codecs/${target.module}`],
    ...(twin === undefined ? [] : [[twin.export, 'twin', `codecs/${twin.module}`]]),
    ['FormatError', 'FormatError', 'bytes/errors.js'],
    ['bytesSource', 'bytesSource', 'bytes/source.js'],
  ]
    .map(([name, as, file]) => `export { ${name} as ${as} } from ${JSON.stringify(parsers + file)}`)
    .concat(`export { hits } from ${JSON.stringify(COUNTERS)}`)
    .join('\n')
  return instrumented(ENTRY, entry, { counts: (id) => id !== `${parsers}bytes/errors.js`, watches: () => false })
}

/**
 * The fuzzer of whole images, with counters in all code that reads a format; codecs have targets of their own.
 * @param {string} root the folder of the project, with a slash
 */
export function instrumentedImages(root) {
  const isIn = (/** @type {string} */ id, /** @type {string} */ folder) => id.startsWith(root + folder)
  return instrumented(`${root}fuzz/image/worker.ts`, '', {
    counts: (id) =>
      isIn(id, 'parsers/') &&
      !isIn(id, 'parsers/codecs/') &&
      !isIn(id, 'parsers/checksums/') &&
      !isIn(id, 'parsers/bytes/errors.ts'),
    watches: (id) => isIn(id, 'parsers/') || isIn(id, 'src/'),
  })
}

/**
 * Bundles a module and all its imports.
 * @param {string} input its path, or ENTRY and then its text @param {string} entry
 * @param {{ counts: (id: string) => boolean, watches: (id: string) => boolean }} choice which files count their branches, and in which the size of typed arrays is watched
 * @returns {Promise<{ code: string, counters: number, branches: number }>} the counters' numbers are below `counters`; `branches` of them are used
 */
async function instrumented(input, entry, { counts, watches }) {
  const counter = { next: 0 }
  const bundle = await rolldown({
    input,
    platform: 'node',
    checks: { pluginTimings: false },
    plugins: [
      {
        name: 'instrument',
        resolveId: (id) => (id === ENTRY || id === COUNTERS ? id : null),
        load: (id) => (id === COUNTERS ? COUNTERS_MODULE : id === ENTRY ? entry : null),
        transform: (code, id) =>
          id === ENTRY || id === COUNTERS || !(counts(id) || watches(id))
            ? null
            : withCounters(code, id, counts(id) ? counter : undefined, watches(id)),
      },
    ],
  })
  const { output } = await bundle.generate({ format: 'esm', codeSplitting: false })
  await bundle.close()
  const { code } = output[0]
  // The bundler drops unused code, with its counters.
  const branches = new Set(code.match(/(?<=\bhits\[)\d+(?=\]\+\+)/g)).size
  return { code, counters: counter.next, branches }
}

/** @typedef {{ type: string, start: number, end: number, [key: string]: unknown }} Node */

/** @param {unknown} value @returns {value is Node} */
const isNode = (value) => typeof value === 'object' && value !== null && 'type' in value && 'start' in value

/** @param {string} code @param {string} id @param {{ next: number } | undefined} counter @param {boolean} watches */
function withCounters(code, id, counter, watches) {
  /**
   * The texts that we insert, with their places. Of two at one place, the text of the outer node comes first.
   * @type {{ at: number, text: string, depth: number, closes: boolean }[]}
   */
  const insertions = []
  const count = () => {
    if (counter === undefined) return ''
    counter.next += 1
    if (counter.next > COUNTERS_SIZE) throw new Error('more branches than counters')
    return `$hits[${counter.next - 1}]++`
  }
  const put = (/** @type {number} */ at, /** @type {string} */ text, /** @type {number} */ depth, closes = false) =>
    insertions.push({ at, text, depth, closes })
  const wrapStatement = (/** @type {unknown} */ node, /** @type {number} */ depth) => {
    if (!isNode(node) || node.type === 'BlockStatement') return
    put(node.start, `{${count()};`, depth)
    put(node.end, '}', depth, true)
  }
  const wrapExpression = (/** @type {unknown} */ node, /** @type {number} */ depth) => {
    if (!isNode(node)) return
    put(node.start, `(${count()},`, depth)
    put(node.end, ')', depth, true)
  }
  const visit = (/** @type {Node} */ node, /** @type {number} */ depth) => {
    if (watches && node.type === 'NewExpression') watch(node, depth)
    if (counter !== undefined) countIn(node, depth)
    for (const child of Object.values(node)) {
      for (const each of Array.isArray(child) ? child : [child]) if (isNode(each)) visit(each, depth + 1)
    }
  }
  const watch = (/** @type {Node} */ node, /** @type {number} */ depth) => {
    const { name } = /** @type {{ name?: string }} */ (node['callee'])
    const first = /** @type {unknown[]} */ (node['arguments'])[0]
    if (!/^((Ui|I)nt(8|16|32)|Float(32|64))Array$|^Array$/.test(name ?? '') || !isNode(first)) return
    put(first.start, '$allocate(', depth)
    put(first.end, ')', depth, true)
  }
  const countIn = (/** @type {Node} */ node, /** @type {number} */ depth) => {
    if (node.type === 'BlockStatement') put(node.start + 1, `${count()};`, depth)
    else if (node.type === 'IfStatement') {
      wrapStatement(node['consequent'], depth)
      if (isNode(node['alternate'])) wrapStatement(node['alternate'], depth)
      else put(node.end, ` else {${count()}}`, depth, true)
    } else if (/^(For|While|DoWhile|ForIn|ForOf)Statement$/.test(node.type)) wrapStatement(node['body'], depth)
    else if (node.type === 'ConditionalExpression') {
      wrapExpression(node['consequent'], depth)
      wrapExpression(node['alternate'], depth)
    } else if (node.type === 'LogicalExpression') wrapExpression(node['right'], depth)
    else if (node.type === 'SwitchCase') {
      const first = /** @type {unknown[]} */ (node['consequent'])[0]
      if (isNode(first)) put(first.start, `${count()};`, depth)
    }
  }
  const lang = id.endsWith('.ts') ? 'ts' : 'js'
  visit(/** @type {Node} */ (/** @type {unknown} */ (parseAst(code, { lang }))), 0)
  // Closing text comes before opening text; we close from the inside out, and open from the outside in.
  insertions.sort(
    (left, right) =>
      left.at - right.at ||
      Number(right.closes) - Number(left.closes) ||
      (left.closes ? right.depth - left.depth : left.depth - right.depth),
  )
  let result = `import { hits as $hits, allocate as $allocate } from '${COUNTERS}';`
  let done = 0
  for (const { at, text } of insertions) {
    result += code.slice(done, at) + text
    done = at
  }
  return result + code.slice(done)
}
