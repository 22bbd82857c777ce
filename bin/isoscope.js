#!/usr/bin/env node
const MAIN = new URL('../dist/cli/main.js', import.meta.url)

let main
try {
  ;({ main } = await import(MAIN.href))
} catch (error) {
  if (error.code !== 'ERR_MODULE_NOT_FOUND' || error.url !== MAIN.href) throw error
  process.stderr.write('isoscope: it is not built yet; run "npm ci", or "npm run build"\n')
  process.exit(2)
}
process.exitCode = await main(process.argv.slice(2))
