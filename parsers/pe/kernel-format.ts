import { Problems } from '../bytes/problems.ts'
import { type ByteSource, formatError } from '../bytes/source.ts'
import { type Format, refuseNameTree } from '../format.ts'
import type { FormatTraits, Image } from '../image.ts'
import { readBzImage } from './bzimage.ts'
import { readPeHeaders } from './headers.ts'
import { readImage, readZboot } from './image-header.ts'
import type { KernelLayout } from './kernel-layout.ts'
import { readSetupHeader } from './setup-header.ts'
import { imageOfParts, type NamedPlace } from './stored-parts.ts'

/** The traits of Linux kernels. */
export const KERNEL: FormatTraits = {
  name: 'kernel',
  title: 'Linux kernel',
  noun: 'a Linux kernel',
  extensions: [],
  looksInside: 'on demand',
  accounts: 'of its file',
  sharesBytes: false,
}

/**
 * The format of Linux kernels as boot loaders start them: bzImage for x86, Image for arm64 and RISC-V, and kernels that
 * unpack themselves under EFI. Most of them are PE programs too, so this format is tried first.
 */
export const kernel: Format = {
  ...KERNEL,
  recognise(source) {
    const isKernel = readSetupHeader(source) ?? readZboot(source) ?? readImage(source)
    return isKernel === undefined ? 'no' : 'yes'
  },
  open(source, { nameTree }) {
    const problems = new Problems(source)
    const layout = readZboot(source) ?? readBzImage(source, problems) ?? readImage(source)
    const place = { structure: 'first bytes', offset: 0 }
    if (layout === undefined) throw formatError('MALFORMED', 'it does not begin like a Linux kernel', source, place)
    refuseNameTree(KERNEL, nameTree, source, place)
    return openKernel(source, layout, problems)
  },
}

function openKernel(source: ByteSource, layout: KernelLayout, problems: Problems): Image {
  const certificates = signatureOf(source, layout)
  const parts =
    certificates === undefined ? layout.parts : layout.parts.map((part) => before(part, certificates.offset))
  return imageOfParts(
    {
      source,
      traits: KERNEL,
      facts: layout.facts,
      partNoun: 'part',
      parts,
      structures: certificates === undefined ? layout.structures : [...layout.structures, certificates],
      backgrounds: [
        { kind: 'gap', name: 'data after the kernel', offset: layout.end, length: source.size - layout.end },
      ],
    },
    problems,
  )
}

/** The certificate table of a signed kernel, which is the last part of the file. */
function signatureOf(source: ByteSource, { parts }: KernelLayout): NamedPlace | undefined {
  const { certificates } = readPeHeaders(source) ?? {}
  if (certificates === undefined || certificates.offset + certificates.length > source.size) return undefined
  // A table that begins before the last part does is none.
  const starts = parts.flatMap(({ content }) => content.map(({ offset }) => offset))
  return starts.some((start) => start > certificates.offset)
    ? undefined
    : { name: 'certificate table', ...certificates }
}

/** The part without its bytes from `end` on. */
function before(part: KernelLayout['parts'][number], end: number): KernelLayout['parts'][number] {
  const content = part.content.map(({ offset, length }) => ({
    offset,
    length: Math.max(Math.min(offset + length, end) - offset, 0),
  }))
  return { ...part, content }
}
