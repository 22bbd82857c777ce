import { type ByteString, byteString, quoted } from '../../parsers/bytes/byte-string.ts'
import { asFormatError, type FormatError } from '../../parsers/bytes/errors.ts'
import { atLimit } from '../../parsers/bytes/limits.ts'
import { formatError } from '../../parsers/bytes/source.ts'
import { type Entry, pathBuilder } from '../../parsers/image.ts'
import { contentSource } from '../images/content-reader.ts'
import type { OpenImage } from '../images/open-image.ts'

/** Configuration files of isolinux, syslinux and extlinux, of GRUB, and of systemd-boot. */
const BOOT_CONFIGURATION =
  /\/((iso|sys|ext)linux|grub|loopback)\.cfg$|\/extlinux\.conf$|\/loader\/entries\/[^/]+\.conf$/i
/** No configuration is larger: one of NixOS has a few KiB for each entry. So this is not one of the user's limits. */
const MAX_CONFIGURATION = 1 << 20

/** The boot loader configurations in an image that we read, and a problem if there are more. */
export function bootConfigurations(open: OpenImage): {
  readonly files: readonly { readonly entry: Entry; readonly path: ByteString }[]
  readonly problem: FormatError | undefined
} {
  const { image, reader } = open
  const files: { entry: Entry; path: ByteString }[] = []
  const identities = new Set<number>()
  const { tree } = image
  const pathOf = pathBuilder(tree)
  let bytes = 0
  let problem: FormatError | undefined
  for (let index = 0; index < tree.count; index += 1) {
    if (tree.typeOf(index) !== 'file' || tree.sizes[index]! > MAX_CONFIGURATION) continue
    if (!/\.(cfg|conf)$/i.test(tree.nameOf(index))) continue
    const path = pathOf(index)
    if (!BOOT_CONFIGURATION.test(path)) continue
    const entry = tree.entry(index)
    if (!identities.has(entry.identity)) {
      if (bytes + entry.size > reader.limits.configuration) {
        problem ??= formatError('LIMIT', 'too many to read; the rest is ignored', image.source, {
          structure: `boot loader’s configuration ${quoted(path)}`,
          offset: 0,
          ...atLimit(reader.limits, 'configuration'),
        })
        continue
      }
      bytes += entry.size
      identities.add(entry.identity)
    }
    files.push({ entry, path })
  }
  return { files, problem }
}

/** The text of a configuration; '' if we cannot read it. */
export function configurationText({ reader }: OpenImage, entry: Parameters<typeof contentSource>[1]): ByteString {
  try {
    const source = contentSource(reader, entry)
    return byteString(source.read(0, source.size))
  } catch (error) {
    // A configuration that we cannot read names no root. The report of the image mentions the damage.
    asFormatError(error)
    return ''
  }
}
