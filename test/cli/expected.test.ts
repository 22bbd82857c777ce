import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { isoscope } from './run.ts'

/** File name in fixtures/expected, and the command line it shows. UPDATE_EXPECTED=1 rewrites the files. */
const CASES: readonly (readonly [string, ...string[]])[] = [
  ['help.txt', '--help'],
  ['limits.txt', '--parser-limits'],
  ['help-ls.txt', 'ls', '--help'],
  ['help-cat.txt', 'cat', '--help'],
  ['help-report.txt', 'report', '--help'],
  ['help-why.txt', 'why', '--help'],
  ['help-why-depends.txt', 'why-depends', '--help'],
  ['help-tree.txt', 'tree', '--help'],
  ['help-verify.txt', 'verify', '--help'],
  ['help-advise.txt', 'advise', '--help'],
  ['help-refs.txt', 'refs', '--help'],
  ['help-referrers.txt', 'referrers', '--help'],
  ['report-mini.txt', 'mini.iso'],
  ['report-mini-slim-all.txt', 'report', 'mini-slim.iso', '-n', '0', '--sort', 'name'],
  ['report-mini-bytes.txt', 'mini.iso', '--bytes', '-n', '5', '--full-paths'],
  ['report-mini-min.txt', 'mini.iso', '--si', '--min', '100kB', '--sort', 'unpacked'],
  ['report-squashfs.txt', 'zstd.squashfs'],
  ['report-plain.txt', 'plain.iso', '-n', '3'],
  ['report-mini-retained.txt', 'mini.iso', '--sort', 'retained', '-n', '10', '--references', 'scan'],
  ['report-mini-root.txt', 'mini.iso', '--sort', 'closure', '-n', '5', '--root', 'nix-2.31.2'],
  ['report-mini-none.txt', 'mini.iso', '-n', '5', '--references', 'none'],
  ['why-mini-boost.txt', 'why', 'mini.iso', 'boost'],
  ['why-mini-boost-excerpts.txt', 'why', 'mini.iso', 'boost', '-e'],
  ['why-mini-tzdata-all.txt', 'why', 'mini.iso', 'tzdata', '--all', '--excerpts'],
  ['why-mini-glibc.txt', 'why', 'mini.iso', 'glibc', '--references', 'scan'],
  ['why-mini-bash-to.txt', 'why', 'mini.iso', 'bash', '--to', 'system-path'],
  ['why-mini-system.txt', 'why', 'mini.iso', 'nixos-system'],
  ['why-mini-several.txt', 'why', 'mini.iso', 'perl', 'openssl', '--bytes', '--full-paths'],
  ['verify-mini.txt', 'verify', 'mini.iso'],
  ['verify-mini-slim-all.txt', 'verify', 'mini-slim.iso', '-v'],
  ['advise-mini.txt', 'advise', 'mini.iso', '-n', '2'],
  ['ls-mini.txt', 'ls', 'mini.iso'],
  ['ls-mini-boot.txt', 'ls', '-R', 'mini.iso', '/boot'],
  ['ls-mini-long.txt', 'ls', '-l', 'mini.iso', 'nix-store.squashfs'],
  ['ls-gensquashfs-long.txt', 'ls', '-lR', '--bytes', 'gensquashfs.squashfs'],
  ['ls-mini-named.txt', 'ls', '-l', '--extents', 'mini.iso', 'boost-1.87.0/lib', '--sort', 'size', '-n', '2'],
  ['ls-mini-du.txt', 'ls', '--du', 'mini.iso', 'nix-store.squashfs', '-n', '8'],
  ['ls-mini-du-all.txt', 'ls', '-R', '--du', 'mini.iso', '-n', '8'],
  ['ls-mini-find.txt', 'ls', '--find', '/nix/store/*/lib/lib*.so.?', 'mini.iso', '--sort', 'name'],
  ['ls-deep.txt', 'ls', '-R', 'deep.iso'],
  ['ls-nested.jsonl', 'ls', '-R', '-f', 'ndjson', 'nested.iso'],
  ['ls-nested-innermost.jsonl', 'ls', '-f', 'ndjson', 'nested.iso', '/payload.dat/cache.bin/'],
]

describe('command lines print what fixtures/expected shows', () => {
  it.each(CASES)('%s', (name, ...args) => {
    const { code, stdout, stderr } = isoscope(args)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const path = fileURLToPath(new URL(`../../fixtures/expected/${name}`, import.meta.url))
    if (process.env['UPDATE_EXPECTED'] === '1') writeFileSync(path, stdout)
    expect(stdout.toString()).toBe(readFileSync(path, 'utf8'))
  })
})
