import { WHOLE_FRAGMENT } from '../../present/html/page/page.ts'
import { byId } from './by-id.ts'
import { chosenOf, onDrop, questionFiles } from './chosen-files.ts'
import { startReader } from './reader.ts'

// The page for files. Its policy has no network.

const reader = startReader({
  address: WHOLE_FRAGMENT,
  footing: () => 'This page read the file on your machine, and sent nothing of it anywhere.',
  first: byId('files'),
  other: byId('other'),
})

function take(files: readonly File[]): void {
  const chosen = questionFiles(files)
  if (chosen === undefined) reader.fail(`choose one file or two: these are ${files.length}`)
  else reader.ask({ files: chosen, references: 'auto', deep: false })
}

/** Asks with the files that an input takes. Its choice is forgotten, so that the same one may follow. */
function onChoice(id: string, answer: (files: readonly File[]) => void): void {
  const input = byId<HTMLInputElement>(id)
  input.addEventListener('change', () => {
    const files = [...(input.files ?? [])]
    input.value = ''
    if (files.length > 0) answer(files)
  })
}

onDrop(take)
onChoice('files', take)
onChoice('other', take)
onChoice('newer', ([newer]) => {
  if (reader.shown === undefined || newer === undefined) return
  reader.ask({ files: [reader.shown.files[0], chosenOf(newer)], references: 'auto', deep: false })
})
