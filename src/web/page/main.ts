import { startPage } from '../../present/html/page/page.ts'
import { setTheme, storedTheme } from '../../present/html/page/theme.ts'
import type { Answer, Question, SavedFormat } from '../messages.ts'
import { onDrop, questionFiles } from './chosen-files.ts'
import { type Session, startSession } from './session.ts'
import { textIn } from './text-in.ts'

const FOOTING = 'This page read the file on your machine, and sent nothing of it anywhere.'

const byId = <Wanted extends HTMLElement>(id: string): Wanted => document.getElementById(id) as Wanted
const [start, work, failed, actions] = ['start', 'work', 'failed', 'actions'].map(byId) as [
  HTMLElement,
  HTMLElement,
  HTMLElement,
  HTMLElement,
]
const doing = byId('doing')
const progress = byId<HTMLProgressElement>('progress')
const version = document.querySelector('meta[name=generator]')!.getAttribute('content')!.replace(/^\S+ /, '')
const scripts = Promise.all(['worker', 'thread'].map(scriptIn))

/** The answer that the page shows, and the session that can save it. */
let shown: { readonly question: Question; readonly session: Session; readonly ending: AbortController } | undefined
/** Counts questions: a later one, or the user, ends the one that is at work. */
let asked = 0
let working: Session | undefined

async function ask(question: Question): Promise<void> {
  cancel()
  asked += 1
  const number = asked
  failed.hidden = true
  tellProgress(`reading ${question.files.map(({ name }) => name).join(' and ')}`, undefined)
  work.hidden = false
  const [worker, thread] = await scripts
  if (number !== asked) return
  const session = startSession(
    question,
    version,
    { worker: worker!, thread: thread! },
    {
      onProgress: tellProgress,
      onShown: (answer) => show(question, session, answer),
      onSaved: saveFile,
      onFailed: (message) => {
        if (session === working) cancel()
        tellFailure(message)
      },
    },
  )
  working = session
}

/** Ends what is at work. What is shown stays. */
function cancel(): void {
  asked += 1
  working?.end()
  working = undefined
  work.hidden = true
}

function show(question: Question, session: Session, { data, canScan }: Extract<Answer, { kind: 'shown' }>): void {
  working = undefined
  work.hidden = true
  shown?.session.end()
  shown?.ending.abort()
  // The address says where a reader is in an image, so not in another one.
  if (shown !== undefined && shown.question.files !== question.files) history.replaceState(null, '', ' ')
  const ending = new AbortController()
  shown = { question, session, ending }
  start.hidden = true
  actions.hidden = false
  byId('comparing').hidden = question.files.length > 1
  byId('swap').hidden = question.files.length < 2
  byId('scan').hidden = !canScan
  const root = byId('page')
  root.hidden = false
  startPage(data, root, { footing: FOOTING, signal: ending.signal })
  root.querySelector('h1')!.tabIndex = -1
  root.querySelector('h1')!.focus({ preventScroll: true })
}

function tellProgress(text: string, part: number | undefined): void {
  doing.textContent = text
  if (part === undefined) progress.removeAttribute('value')
  else progress.value = part
}

function tellFailure(message: string): void {
  failed.textContent = message
  failed.hidden = false
}

function saveFile(name: string, content: Blob): void {
  const address = URL.createObjectURL(content)
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  // The browser reads it after this.
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}

async function scriptIn(id: string): Promise<string> {
  return URL.createObjectURL(new Blob([await textIn(id)], { type: 'text/javascript' }))
}

function take(files: readonly File[]): void {
  const chosen = questionFiles(files)
  if (chosen === undefined) tellFailure(`choose one file or two: these are ${files.length}`)
  else ask({ files: chosen, references: 'auto' })
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

setTheme(storedTheme())
onDrop(take)
onChoice('files', take)
onChoice('other', take)
onChoice('newer', ([newer]) => {
  if (shown !== undefined && newer !== undefined) ask({ files: [shown.question.files[0], newer], references: 'auto' })
})
byId('swap').addEventListener('click', () => {
  const [old, now] = shown?.question.files ?? []
  if (old !== undefined && now !== undefined) ask({ files: [now, old], references: 'auto' })
})
byId('scan').addEventListener('click', () => {
  if (shown !== undefined) ask({ files: shown.question.files, references: 'scan' })
})
byId('cancel').addEventListener('click', () => {
  cancel()
  const [first] = document.querySelectorAll<HTMLElement>('input[type=file]')
  if (shown === undefined) first?.focus()
  else byId('other').focus()
})
for (const button of actions.querySelectorAll<HTMLElement>('[data-format]')) {
  button.addEventListener('click', () => shown?.session.save(button.dataset['format'] as SavedFormat))
}
