#!/usr/bin/env node
const { existsSync } = require('node:fs')
const { join } = require('node:path')

if (!existsSync(join(__dirname, '../dist/cli/start.cjs'))) {
  process.stderr.write('isoscope: it is not built yet; run "npm ci", or "npm run build"\n')
  process.exit(2)
}
require('../dist/cli/start.cjs')
  .load(join(__dirname, '../dist/cli'), require, process.argv.slice(2))
  .main(process.argv.slice(2))
  .then((exitCode) => {
    process.exitCode = exitCode
  })
  .catch((error) => {
    // This is our own bug, so we must not exit as if we had an answer, least of all "no".
    // The text may include bytes from the image.
    const told = String(error?.stack ?? error).replace(/[^\n -~]/g, '?')
    process.stderr.write(`isoscope: internal error: ${told}\n`)
    process.exitCode = 2
  })
