import type { PageData } from '../page-data.ts'
import { startPage } from './page.ts'

/** The data in the document: JSON, compressed with gzip, in base64. */
async function dataInDocument(): Promise<PageData> {
  const text = document.getElementById('data')?.textContent ?? ''
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
  const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))
  return (await new Response(unpacked).json()) as PageData
}

dataInDocument().then(
  (data) => {
    const root = document.createElement('div')
    root.className = 'page'
    document.body.append(root)
    startPage(data, root)
  },
  () => {
    document.body.append('The data of this page is damaged. Make it again with isoscope.')
  },
)
