import { gzipSync } from 'node:zlib'
import { type Content, squashfsOf } from '../parsers/squashfs/writer.ts'

/** Bytes that do not compress, the same each time. */
export function noise(seed: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  let state = seed
  for (let index = 0; index < length; index += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    bytes[index] = state >>> 24
  }
  return bytes
}

const digits = '0123456789abcdfghijklmnpqrsvwxyz'
const base = (number: number, name: string): string => `${digits[number]!.repeat(32)}-${name}`

/** The store paths of an image with copies, by short names. */
export const PATHS = {
  system: base(1, 'nixos-system-x-1'),
  etc: base(2, 'etc'),
  grub: base(3, 'grub-2.12'),
  grubEfi: base(4, 'grub-2.12'),
  perl: base(5, 'perl-5.36.0'),
  newPerl: base(6, 'perl-5.42.0'),
  perlMan: base(7, 'perl-5.42.0-man'),
  perlOnly: base(8, 'perl-helper-1.0'),
  tool: base(9, 'tool-1.0'),
  toolDev: base(10, 'tool-1.0-dev'),
  systemd: base(11, 'systemd-257.6'),
  minimal: base(12, 'systemd-minimal-257.6'),
  nixpkgs: base(13, 'source'),
  flake: base(14, 'source'),
  plain: base(15, 'source'),
} as const

/** A text that names store paths, as a file that refers to them does. */
const naming = (...paths: readonly string[]): string => `${paths.map((path) => `/nix/store/${path}`).join(' ')}\n`

/** A text of a page with no two lines alike, which compresses. */
export const TEXT: string = Array.from({ length: 900 }, (_, line) => `line ${line} of a text\n`).join('')

/**
 * A store in which packages and files are there several times: two builds of grub, two versions of perl, of which the older one alone
 * holds perl-helper, systemd and its minimal variant, which systemd needs, and three sources without a name.
 */
export const FILES: Readonly<Record<string, Content>> = {
  [`${PATHS.system}/init`]: naming(PATHS.etc, PATHS.tool, PATHS.systemd, PATHS.nixpkgs),
  [`${PATHS.etc}/grub.conf`]: naming(PATHS.grub, PATHS.newPerl, PATHS.flake, PATHS.plain),
  [`${PATHS.grub}/bin/grub`]: noise(3, 9000),
  [`${PATHS.grubEfi}/bin/grub`]: noise(4, 8000),
  [`${PATHS.perl}/bin/perl`]: noise(5, 20_000),
  [`${PATHS.perl}/lib/uses`]: naming(PATHS.perlOnly),
  [`${PATHS.newPerl}/bin/perl`]: noise(6, 22_000),
  [`${PATHS.perlMan}/man`]: naming(PATHS.newPerl),
  [`${PATHS.perlOnly}/helper`]: noise(8, 5000),
  [`${PATHS.tool}/bin/tool`]: naming(PATHS.grubEfi, PATHS.perl, PATHS.toolDev),
  [`${PATHS.tool}/share/text`]: TEXT,
  [`${PATHS.tool}/share/text.gz`]: gzipSync(TEXT),
  [`${PATHS.toolDev}/share/copy`]: TEXT,
  [`${PATHS.systemd}/bin/systemd`]: noise(11, 12_000),
  [`${PATHS.systemd}/lib/needs`]: naming(PATHS.minimal, PATHS.perlMan),
  [`${PATHS.minimal}/bin/systemd`]: noise(12, 6000),
  [`${PATHS.nixpkgs}/lib/.version`]: '26.05\n',
  [`${PATHS.nixpkgs}/.version-suffix`]: 'pre-git',
  [`${PATHS.nixpkgs}/pkgs/top-level/all.nix`]: '{ }',
  [`${PATHS.nixpkgs}/flake.nix`]: '{ description = "A collection of packages"; }',
  [`${PATHS.flake}/flake.nix`]: '{\n  description = "Our \\"lab\\" machines";\n  outputs = _: { };\n}\n',
  [`${PATHS.plain}/README`]: 'nothing to go by\n',
}

/** The store as a squashfs. */
export function storeWithCopies(): Uint8Array {
  return squashfsOf(FILES)
}
