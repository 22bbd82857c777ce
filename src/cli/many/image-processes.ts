import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { ListedImage } from '../image-file.ts'
import { answerAbout, failed, type ImageAnswer, type ManyRequest } from './answer-image.ts'

/** In the bundle the script lies next to this one. */
const SCRIPT = fileURLToPath(new URL('./image-process.cjs', import.meta.url))

/** The word for a process that only we end. A terminal and a service manager send their signals to all processes. */
export const OUTLIVES = 'outlives-signals'

/**
 * Answers about images, each as soon as it is there, with its rows together. The next image is taken when the answer has
 * been.
 * @param atOnce how many images are read at the same time: one in this process, and several in a process each
 * @param take may be slow; no second call comes before the first one has ended
 */
export async function answerAboutAll(
  images: AsyncGenerator<ListedImage>,
  request: ManyRequest,
  atOnce: number,
  take: (answer: ImageAnswer) => Promise<void>,
): Promise<void> {
  if (atOnce === 1) {
    for await (const image of images) await take(await answerAbout(image, request))
    return
  }
  let taken: Promise<void> = Promise.resolve()
  const work = async (): Promise<void> => {
    const reader = new ImageProcess(request)
    try {
      for (let next = await images.next(); next.done !== true; next = await images.next()) {
        const answer = await reader.answer(next.value)
        taken = taken.then(() => take(answer))
        await taken
      }
    } finally {
      reader.end()
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
}

/**
 * A process that answers about one image after the other. Reading one is a matter of the processor, and threads would share
 * what belongs to the command line: signals, temporary files, messages. If an image ends the process, the next image
 * gets another one.
 */
export class ImageProcess {
  readonly #request: ManyRequest
  readonly #words: readonly string[]
  #child: ChildProcess | undefined

  /** @param outlives whether it goes on when a signal that asks for an end reaches it too */
  constructor(request: ManyRequest, outlives = false) {
    this.#request = request
    this.#words = outlives ? [OUTLIVES] : []
  }

  answer(image: ListedImage): Promise<ImageAnswer> {
    const child = this.#living()
    return new Promise((resolve) => {
      const fail = (how: string): void => {
        const message = `${image.name}: the process that read it ${how}`
        settle(failed(image.name, { code: 'INTERNAL', message }, this.#request))
      }
      const ended = (code: number | null, signal: string | null): void => fail(`ended ${signal ?? `with ${code}`}`)
      const broken = (error: Error): void => fail(`cannot be started: ${error.message}`)
      const answered = (answer: unknown): void => settle(answer as ImageAnswer)
      const settle = (answer: ImageAnswer): void => {
        child.off('exit', ended).off('error', broken).off('message', answered)
        resolve(answer)
      }
      child.on('exit', ended).on('error', broken).on('message', answered)
      // If it has just ended, that is told by its end.
      child.send({ image, request: this.#request } satisfies ImageQuestion, () => {})
    })
  }

  #living(): ChildProcess {
    const known = this.#child
    if (known?.connected === true && known.exitCode === null && known.signalCode === null) return known
    this.#child = fork(SCRIPT, this.#words, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    return this.#child
  }

  end(): void {
    if (this.#child?.connected === true) this.#child.disconnect()
  }

  /** Gives up the image that it reads. */
  kill(): void {
    this.#child?.kill('SIGKILL')
  }
}

/** What a process is asked. */
export interface ImageQuestion {
  readonly image: ListedImage
  readonly request: ManyRequest
}
