import type { Chosen, Question } from '../messages.ts'

export function chosenOf(file: File): Chosen {
  return { file, name: file.name, isHere: true }
}

/** The files of a question: one, or two of which the older one comes first; undefined for another number of files. */
export function questionFiles(files: readonly File[]): Question['files'] | undefined {
  const [first, second, ...more] = files
  if (first === undefined || more.length > 0) return undefined
  if (second === undefined) return [chosenOf(first)]
  const [old, now] = first.lastModified <= second.lastModified ? [first, second] : [second, first]
  return [chosenOf(old), chosenOf(now)]
}

/** Takes the files that the user drops anywhere in the page. */
export function onDrop(take: (files: readonly File[]) => void): void {
  const { classList } = document.documentElement
  const isFile = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true
  addEventListener('dragover', (event) => {
    if (!isFile(event)) return
    event.preventDefault()
    classList.add('dropping')
  })
  addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) classList.remove('dropping')
  })
  addEventListener('drop', (event) => {
    if (!isFile(event)) return
    event.preventDefault()
    classList.remove('dropping')
    take([...(event.dataTransfer?.files ?? [])])
  })
}
