import type { ByteSource } from '../bytes/source.ts'
import { type Compression, detectCompression } from '../codecs/compression.ts'
import { formatOf } from '../formats.ts'
import { firstContent } from './compressed-image.ts'
import { type FileWord, type Recogniser, textAt } from './foreign-file.ts'

/** The command of each tool, and the suffix that it removes from a name. */
const TOOLS: Readonly<Record<string, readonly [command: string, suffix: RegExp]>> = {
  zstd: ['zstd -d', /\.zst$/],
  gzip: ['gzip -dk', /\.t?gz$/],
  xz: ['xz -dk', /\.t?xz$/],
  bzip2: ['bzip2 -dk', /\.t?bz2$/],
  lz4: ['lz4 -d', /\.lz4$/],
  lzma: ['xz -dk', /\.lzma$/],
  lzop: ['lzop -d', /\.lzo$/],
  lzip: ['lzip -dk', /\.lz$/],
  lrzip: ['lrzip -d', /\.lrz$/],
}

/** Recognises a file that is compressed as a whole. */
export const recogniseCompressed: Recogniser = (source, file) => {
  const compression = detectCompression(source)
  if (compression === undefined || !isPlausible(source, compression)) return undefined
  const { name } = compression
  const content = compression.decompress && firstContent(source, compression.decompress)
  const held = content === undefined ? undefined : kindOf(content)
  return {
    what: `a file compressed with ${name}${held === undefined ? '' : ` that holds ${held}`}`,
    advice: `decompress it first: ${commandFor(name, file)}`,
    offset: 0,
  }
}

/** bzip2's signature has only three letters, so we also require the level that follows. */
function isPlausible(source: ByteSource, { name }: Compression): boolean {
  return name !== 'bzip2' || /^BZh[1-9]/.test(textAt(source, 0, 4) ?? '')
}

function kindOf(content: ByteSource): string | undefined {
  const found = formatOf(content)
  if (found !== undefined) return found.format.noun
  return textAt(content, 257, 5) === 'ustar' ? 'a tar archive' : undefined
}

function commandFor(name: string, file: FileWord): string {
  const [command, suffix] = TOOLS[name] ?? ['7zz x', /^/]
  // A tool refuses a name without its suffix, but accepts the file as its input.
  return suffix.test(file().replace(/'$/, ''))
    ? `${command} ${file()}`
    : `${command} < ${file()} > ${file('.unpacked')}`
}
