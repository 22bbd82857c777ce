import { type PageAddress, startPage } from '../../present/html/page/page.ts'
import { setTheme, storedTheme } from '../../present/html/page/theme.ts'
import type { Answer, More, Question, SavedFormat, Traffic } from '../messages.ts'
import { byId } from './by-id.ts'
import { type Session, startSession } from './session.ts'
import { textIn } from './text-in.ts'

/** What differs between the pages that read images. */
export interface ReaderPlace {
  readonly address: PageAddress
  /** What stands below a report about where its data is from. */
  footing(traffic: Traffic): string
  /** Has the focus after the user cancelled the first question. */
  readonly first: HTMLElement
  /** Has it after another one. */
  readonly other: HTMLElement
}

/** Asks questions about images, one at a time, and shows the answers. */
export interface Reader {
  /** The question whose answer is shown. */
  readonly shown: Question | undefined
  ask(question: Question): void
  fail(message: string): void
}

/** Starts what both pages have. */
export function startReader({ address, footing, first, other }: ReaderPlace): Reader {
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
  let shown:
    | { readonly question: Question; readonly more: More; readonly session: Session; readonly ending: AbortController }
    | undefined
  /** Counts questions: a later one, or the user, ends the one that is at work. */
  let asked = 0
  let working: Session | undefined

  const ask = async (question: Question): Promise<void> => {
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
          fail(message)
        },
      },
    )
    working = session
  }

  /** Ends what is at work. What is shown stays. */
  const cancel = (): void => {
    asked += 1
    working?.end()
    working = undefined
    work.hidden = true
  }

  const show = (question: Question, session: Session, answer: Extract<Answer, { kind: 'shown' }>): void => {
    const { data, more, traffic } = answer
    working = undefined
    work.hidden = true
    shown?.session.end()
    shown?.ending.abort()
    // The address says where a reader is in an image, so not in another one.
    if (shown !== undefined && shown.question.files !== question.files) address.write('')
    const ending = new AbortController()
    shown = { question, more, session, ending }
    start.hidden = true
    actions.hidden = false
    byId('comparing').hidden = question.files.length > 1
    byId('swap').hidden = question.files.length < 2
    showMore('scan', 'Scan contents for references', more.scan)
    showMore('deep', 'Look inside too (--deep)', more.deep)
    showText('left-out', more.leftOut)
    const root = byId('page')
    root.hidden = false
    startPage(data, root, { footing: footing(traffic), signal: ending.signal, address })
    root.querySelector('h1')!.tabIndex = -1
    root.querySelector('h1')!.focus({ preventScroll: true })
  }

  const tellProgress = (text: string, part: number | undefined): void => {
    doing.textContent = text
    if (part === undefined) progress.removeAttribute('value')
    else progress.value = part
  }

  const fail = (message: string): void => {
    failed.textContent = message
    failed.hidden = false
  }

  setTheme(storedTheme())
  byId('swap').addEventListener('click', () => {
    const [old, now] = shown?.question.files ?? []
    if (old !== undefined && now !== undefined) ask({ files: [now, old], references: 'auto', deep: false })
  })
  byId('scan').addEventListener('click', () => {
    if (shown !== undefined) ask({ ...shown.question, references: 'scan', known: shown.more.known })
  })
  byId('deep').addEventListener('click', () => {
    if (shown !== undefined) ask({ ...shown.question, deep: true, known: undefined })
  })
  byId('cancel').addEventListener('click', () => {
    cancel()
    const place = shown === undefined ? first : other
    place.focus()
  })
  for (const button of actions.querySelectorAll<HTMLElement>('[data-format]')) {
    button.addEventListener('click', () => shown?.session.save(button.dataset['format'] as SavedFormat))
  }
  return {
    get shown() {
      return shown?.question
    },
    ask: (question) => void ask(question),
    fail,
  }
}

/** Shows a button for what an answer leaves out, with the bytes that it takes; hides it if there is nothing. */
function showMore(id: string, label: string, bytes: string | undefined): void {
  showText(id, bytes === undefined ? undefined : `${label}: ${bytes}`)
}

function showText(id: string, text: string | undefined): void {
  byId(id).hidden = text === undefined
  byId(id).textContent = text ?? ''
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
