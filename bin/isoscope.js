#!/usr/bin/env node
const MAIN = require('node:path').join(__dirname, '../dist/cli/main.cjs')

function load() {
  try {
    return require(MAIN)
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND' || require('node:fs').existsSync(MAIN)) throw error
    process.stderr.write('isoscope: it is not built yet; run "npm ci", or "npm run build"\n')
    process.exit(2)
  }
}

load()
  .main(process.argv.slice(2))
  .then((exitCode) => {
    process.exitCode = exitCode
  })
