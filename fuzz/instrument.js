import { rolldown } from 'rolldown'
import { parseAst } from 'rolldown/parseAst'

/** Where the counters are, for modules that are instrumented. */
const COUNTERS = 'isoscope-fuzz-counters'
/** More than any decoder has branches. */
const COUNTERS_SIZE = 1 << 16

/**
 * A decoder and all it imports as one module, with a counter at every branch: nothing else about it changes. It exports
 * `decompress`, `twin` where there is one, FormatError, bytesSource, and `hits`, the counters.
 * @param {string} parsers the folder of what is compiled, with a slash @param {import('./targets.js').Target} target
 * @returns {Promise<{ code: string, counters: number, branches: number }>} the counters' numbers are below `counters`; `branches` of them are used
 */
export async function instrumented(parsers, target) {
  const errors = `${parsers}bytes/errors.js`
  const counter = { next: 0 }
  const entry = 'isoscope-fuzz-entry'
  const bundle = await rolldown({
    input: entry,
    platform: 'node',
    checks: { pluginTimings: false },
    plugins: [
      {
        name: 'instrument',
        resolveId: (id) => (id === entry || id === COUNTERS ? id : null),
        load: (id) => {
          if (id === COUNTERS) return `export const hits = new Uint8Array(${COUNTERS_SIZE})`
          if (id !== entry) return null
          const { twin } = target
          return [
            [target.export, 'decompress', `codecs/${target.module}`],
            ...(twin === undefined ? [] : [[twin.export, 'twin', `codecs/${twin.module}`]]),
            ['FormatError', 'FormatError', 'bytes/errors.js'],
            ['bytesSource', 'bytesSource', 'bytes/source.js'],
          ]
            .map(([name, as, file]) => `export { ${name} as ${as} } from ${JSON.stringify(parsers + file)}`)
            .concat(`export { hits } from ${JSON.stringify(COUNTERS)}`)
            .join('\n')
        },
        transform: (code, id) =>
          id === entry || id === COUNTERS || id === errors ? null : withCounters(code, counter),
      },
    ],
  })
  const { output } = await bundle.generate({ format: 'esm' })
  await bundle.close()
  const { code } = output[0]
  // What nothing uses is left out of the module, with its counters.
  const branches = new Set(code.match(/(?<=\bhits\[)\d+(?=\]\+\+)/g)).size
  return { code, counters: counter.next, branches }
}

/** @typedef {{ type: string, start: number, end: number, [key: string]: unknown }} Node */

/** @param {unknown} value @returns {value is Node} */
const isNode = (value) => typeof value === 'object' && value !== null && 'type' in value && 'start' in value

/** @param {string} code @param {{ next: number }} counter */
function withCounters(code, counter) {
  /** What is put in, by where; of two at one place the one of the outer node comes first. @type {{ at: number, text: string, depth: number, closes: boolean }[]} */
  const insertions = []
  const count = () => {
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
    for (const child of Object.values(node)) {
      for (const each of Array.isArray(child) ? child : [child]) if (isNode(each)) visit(each, depth + 1)
    }
  }
  visit(/** @type {Node} */ (/** @type {unknown} */ (parseAst(code))), 0)
  // What closes comes before what opens, from the inside out; what opens, from the outside in.
  insertions.sort(
    (left, right) =>
      left.at - right.at ||
      Number(right.closes) - Number(left.closes) ||
      (left.closes ? right.depth - left.depth : left.depth - right.depth),
  )
  let result = `import { hits as $hits } from '${COUNTERS}';`
  let done = 0
  for (const { at, text } of insertions) {
    result += code.slice(done, at) + text
    done = at
  }
  return result + code.slice(done)
}
