import { printableText } from '../text/printable.ts'
import { formatBytes } from '../units.ts'
import { PAGE_SCRIPT, PAGE_SCRIPT_HASH, PAGE_STYLE, PAGE_STYLE_HASH } from './compiled/page-code.ts'
import type { HistoryData, PageData } from './page-data.ts'

/** What a page may load and run: its own script and style, and nothing else. No network, no frames, no forms. */
const POLICY = [
  "default-src 'none'",
  `script-src 'sha256-${PAGE_SCRIPT_HASH}'`,
  `style-src 'sha256-${PAGE_STYLE_HASH}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

/**
 * A page as one file that needs no network.
 * @param packed the data as JSON, compressed with gzip, in base64. Base64 cannot end the element that it is in.
 */
export function htmlPage(data: PageData | HistoryData, packed: string): string {
  const { name, size } = frontOf(data)
  const title = escaped(printableText(name))
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="isoscope ${escaped(data.version)}">
<meta name="referrer" content="no-referrer">
<title>${title} – isoscope</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<div class="page" id="page">
<h1>${title}</h1>
<p>${formatBytes(size, 'iec')}</p>
<noscript><p>This page draws its report with a script, which this browser does not run.</p></noscript>
</div>
<script type="text/plain" id="data">${packed}</script>
<script>${PAGE_SCRIPT}</script>
</body>
</html>
`
}

/** What a page shows before its script runs: a name, and the size of the image, of the new one or of the last one. */
function frontOf(data: PageData | HistoryData): { readonly name: string; readonly size: number } {
  if ('history' in data) return { name: data.history.name, size: data.history.images.at(-1)!.size }
  const first = data.documents[0]!
  return { name: first.name, size: first.kind === 'diff' ? first.new.size : first.size }
}

/** Text that may stand between tags and in attributes. */
function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
