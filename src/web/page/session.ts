import type { Answer, Question, Request, SavedFormat } from '../messages.ts'

/** The addresses of the scripts of workers. They are in the page, which loads nothing after it has opened. */
export interface Scripts {
  readonly worker: string
  readonly thread: string
}

/** What a page shows of the work of a session. */
export interface SessionEvents {
  onProgress(text: string, part: number | undefined): void
  onShown(answer: Extract<Answer, { kind: 'shown' }>): void
  onSaved(name: string, content: Blob): void
  onFailed(message: string): void
}

/** A worker that answers one question, and the threads of its scans. */
export interface Session {
  save(format: SavedFormat): void
  /** Ends the worker and its threads, whatever they are at. */
  end(): void
}

/** Starts a worker that answers a question. */
export function startSession(question: Question, version: string, scripts: Scripts, events: SessionEvents): Session {
  const worker = new Worker(scripts.worker)
  const threads = new Map<number, Worker>()
  const ask = (request: Request): void => worker.postMessage(request)
  const startThread = (number: number, port: MessagePort): void => {
    const thread = new Worker(scripts.thread)
    threads.set(number, thread)
    thread.addEventListener('error', (event) => {
      event.preventDefault()
      endThread(number)
      ask({ kind: 'thread ended', thread: number })
    })
    thread.postMessage(port, [port])
  }
  const endThread = (number: number): void => {
    threads.get(number)?.terminate()
    threads.delete(number)
  }
  worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => {
    switch (data.kind) {
      case 'progress':
        return events.onProgress(data.text, data.part)
      case 'shown':
        return events.onShown(data)
      case 'failed':
        return events.onFailed(data.message)
      case 'saved':
        return events.onSaved(data.name, data.content)
      case 'start thread':
        return startThread(data.thread, data.port)
      case 'end thread':
        return endThread(data.thread)
    }
  })
  worker.addEventListener('error', (event) => {
    event.preventDefault()
    events.onFailed(`the browser ended the work: ${event.message}`)
  })
  ask({ kind: 'ask', question, version })
  return {
    save: (format) => ask({ kind: 'save', format }),
    end() {
      worker.terminate()
      for (const number of [...threads.keys()]) endThread(number)
    },
  }
}
