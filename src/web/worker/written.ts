import { htmlPage } from '../../present/html/html-page.ts'
import type { PageData } from '../../present/html/page-data.ts'
import { sectionsMarkdown } from '../../present/markdown/sections.ts'
import type { Section } from '../../views/section.ts'
import type { More, SavedFormat } from '../messages.ts'

/** An answer that can be shown and saved. */
export interface Written {
  /** The name of its files, without an extension. */
  readonly name: string
  readonly data: PageData
  readonly more: More
  json(): Iterable<string>
  sections(): readonly Section[]
  /** What a program finds its own earlier comment by, in Markdown. */
  readonly marker?: string
}

const TYPES: Readonly<Record<SavedFormat, string>> = {
  html: 'text/html',
  json: 'application/json',
  md: 'text/markdown',
}

/** An answer as the content of a file, as the command line writes it. */
export async function contentOf(answer: Written, format: SavedFormat): Promise<Blob> {
  return new Blob([...(await piecesOf(answer, format))], { type: TYPES[format] })
}

async function piecesOf({ data, json, sections, marker }: Written, format: SavedFormat): Promise<Iterable<string>> {
  switch (format) {
    case 'html':
      return [htmlPage(data, await packedText(JSON.stringify(data)))]
    case 'json':
      return json()
    case 'md': {
      const drawing = { unit: 'iec', fullPaths: false, version: data.version } as const
      return [sectionsMarkdown(sections(), marker === undefined ? drawing : { ...drawing, marker })]
    }
  }
}

/** Text that gzip compressed, in base64. */
async function packedText(text: string): Promise<string> {
  const packed = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))
  const bytes = new Uint8Array(await new Response(packed).arrayBuffer())
  const letters: string[] = []
  // A multiple of 3 bytes has no padding, and so many arguments fit on the stack.
  const PIECE = 3 << 13
  for (let at = 0; at < bytes.length; at += PIECE) {
    letters.push(btoa(String.fromCharCode(...bytes.subarray(at, at + PIECE))))
  }
  return letters.join('')
}
