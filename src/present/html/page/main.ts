import type { HistoryData, PageData } from '../page-data.ts'
import { startHistory } from './history-page.ts'
import { startPage } from './page.ts'

/** The data in the document: JSON, compressed with gzip, in base64. */
async function dataInDocument(): Promise<PageData | HistoryData> {
  const text = document.getElementById('data')?.textContent ?? ''
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
  const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))
  return (await new Response(unpacked).json()) as PageData | HistoryData
}

// The browser paints the name of the image first: to read and draw large data takes a moment.
const painted = new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))

Promise.all([dataInDocument(), painted]).then(
  ([data]) => {
    const page = document.getElementById('page')!
    if ('history' in data) startHistory(data, page)
    else startPage(data, page)
  },
  () => {
    document.body.append('The data of this page is damaged. Make it again with isoscope.')
  },
)
