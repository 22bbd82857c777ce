import { type ByteString, byteString, textOf } from '../../../parsers/bytes/byte-string.ts'
import { asFormatError } from '../../../parsers/bytes/errors.ts'
import type { Entry } from '../../../parsers/image.ts'
import { contentSource } from '../../images/content-reader.ts'
import type { OpenImage } from '../../images/open-image.ts'
import { childrenOf } from '../../images/resolve-path.ts'
import type { ContentName, Owner } from '../owner.ts'
import { nameOfBase } from './store-path.ts'

/** A larger flake.nix or version is none. In bytes. */
const MAX_TEXT = 1 << 20
/** We cut a longer description of a flake off. In characters. */
const MAX_NAME = 60

/** Whether a store path has the name that Nix gives to sources without one (Nix: fetchTree, `name` of `fetchGit`). */
export function isNamelessSource(base: ByteString): boolean {
  return nameOfBase(base) === 'source'
}

/**
 * What a source is: nixpkgs with its version, or a flake with its description. Undefined for another name, and if the content
 * does not tell.
 */
export function sourceName({ key, open, entry }: Owner): ContentName | undefined {
  if (!isNamelessSource(key) || entry.type !== 'directory') return undefined
  try {
    return nixpkgsName(open, entry) ?? flakeName(open, entry)
  } catch (error) {
    // The report of the image mentions the damage.
    asFormatError(error)
    return undefined
  }
}

/**
 * nixpkgs has its release in lib/.version, older ones in .version, and what comes after it in .version-suffix, if it comes from a
 * channel (nixpkgs: lib/trivial.nix, `release` and `versionSuffix`).
 */
function nixpkgsName(open: OpenImage, top: Entry): ContentName | undefined {
  const isNixpkgs = ['pkgs', 'lib'].every((name) => child(open, top, name)?.type === 'directory')
  if (!isNixpkgs) return undefined
  const release =
    textAt(open, child(open, child(open, top, 'lib'), '.version')) ?? textAt(open, child(open, top, '.version'))
  if (release === undefined) return undefined
  return { name: 'nixpkgs', version: release + (textAt(open, child(open, top, '.version-suffix')) ?? '') }
}

/** A flake says what it is in `description` (Nix: src/nix/flake.md, "Flake format"). */
function flakeName(open: OpenImage, top: Entry): ContentName | undefined {
  const text = textAt(open, child(open, top, 'flake.nix'))
  if (text === undefined) return undefined
  const description = /(?:^|[\s{;])description\s*=\s*"((?:[^"\\]|\\.)*)"/s.exec(text)?.[1]?.replace(/\\(.)/gs, '$1')
  if (description === undefined || description === '') return { name: 'flake' }
  const [...characters] = description.replace(/\s+/g, ' ')
  return { name: `flake: ${characters.slice(0, MAX_NAME).join('')}${characters.length > MAX_NAME ? '…' : ''}` }
}

function child({ image }: OpenImage, directory: Entry | undefined, name: ByteString): Entry | undefined {
  return directory === undefined ? undefined : childrenOf(image, directory).find((entry) => entry.name === name)
}

/** The text of a small file in UTF-8, without white space around it; undefined for anything else. */
function textAt({ reader }: OpenImage, entry: Entry | undefined): string | undefined {
  if (entry?.type !== 'file' || entry.size > MAX_TEXT) return undefined
  const source = contentSource(reader, entry)
  return textOf(byteString(source.read(0, source.size)))?.trim()
}
