import type { Content } from '../parsers/squashfs/writer.ts'
import { SMALL_DEBIAN } from './dpkg/small-debian.ts'

const HASHES = ['a', 'b', 'c'].map((digit) => digit.repeat(32))

/** The keys of the store paths of `NIX_ON_DEBIAN`. */
export const STORE_KEYS = [`${HASHES[0]!}-hello-2.12`, `${HASHES[1]!}-glibc-2.40`, `${HASHES[2]!}-bash-5.3`] as const

const [HELLO, GLIBC, BASH] = STORE_KEYS

/** A small Debian with a Nix store, which has no database: hello refers to glibc and to bash, of which Debian has one too. */
export const NIX_ON_DEBIAN: Readonly<Record<string, Content>> = {
  ...SMALL_DEBIAN,
  [`nix/store/${HELLO}/bin/hello`]: `${'hello'.repeat(900)}/nix/store/${GLIBC}/lib/ld.so`,
  [`nix/store/${HELLO}/bin/shell`]: `#! /nix/store/${BASH}/bin/bash\n`,
  [`nix/store/${GLIBC}/lib/ld.so`]: 'ld'.repeat(4500),
  [`nix/store/${BASH}/bin/bash`]: `${'Bash'.repeat(1200)}/nix/store/${GLIBC}/lib/ld.so`,
}
