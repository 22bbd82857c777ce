import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FormatError } from '../../parsers/bytes/errors.ts'
import { HttpProblem } from '../platform/node/http-problem.ts'
import { RangeClient } from '../platform/node/range-client.ts'
import { isUrl, shownUrl } from '../platform/remote-file.ts'
import { headersOf } from './image-file.ts'
import { onInterruption } from './interruption.ts'
import { clearProgress, progressOf } from './progress.ts'
import { forgetFile } from './watched-files.ts'

/** The arguments of commands that name images. */
const IMAGES = ['image', 'images', 'old', 'new']

/** Runs a command on temporary files in place of URLs. They are removed afterwards, whatever happens. */
export async function withDownloads<Answer>(
  values: Readonly<Record<string, unknown>>,
  run: (values: object) => Promise<Answer>,
): Promise<Answer> {
  const folder = mkdtempSync(join(tmpdir(), 'isoscope-'))
  const paths: string[] = []
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  const settled = onInterruption(remove)
  const headers = headersOf((values['header'] as readonly string[] | undefined) ?? [])
  try {
    const local: Record<string, unknown> = { ...values }
    const pathOf = async (name: unknown): Promise<unknown> => {
      if (typeof name !== 'string' || !isUrl(name)) return name
      const path = join(folder, `${paths.length + 1}-${fileName(name)}`)
      paths.push(path)
      await download(name, headers, path)
      return path
    }
    for (const key of IMAGES) {
      const value = values[key]
      if (value === undefined) continue
      if (!Array.isArray(value)) {
        local[key] = await pathOf(value)
        continue
      }
      const images: unknown[] = []
      for (const name of value) images.push(await pathOf(name))
      local[key] = images
    }
    return await run(local)
  } finally {
    for (const path of paths) forgetFile(path)
    remove()
    settled()
  }
}

/** The last part of a URL's path, as far as any system can have it as a name. */
function fileName(url: string): string {
  return (
    shownUrl(url)
      .split('/')
      .at(-1)!
      .replace(/[^\w.+-]/g, '_') || 'image'
  )
}

async function download(url: string, headers: Readonly<Record<string, string>>, path: string): Promise<void> {
  const failure = ({ code = 'IO', message }: Partial<HttpProblem>): FormatError =>
    new FormatError(code, message ?? '', { source: shownUrl(url), structure: 'file', offset: done })
  let [done, size] = [0, Number.POSITIVE_INFINITY]
  if (!URL.canParse(url)) throw failure({ message: 'it is not a URL' })
  const client = new RangeClient({ url, headers, env: process.env })
  const progress = progressOf('downloading')
  const file = openSync(path, 'wx', 0o600)
  try {
    await client.getWhole(
      (told) => {
        ftruncateSync(file)
        done = 0
        size = told ?? Number.POSITIVE_INFINITY
      },
      (piece) => {
        for (let at = 0; at < piece.length; ) at += writeSync(file, piece, at, piece.length - at, done + at)
        done += piece.length
        if (Number.isFinite(size)) progress(done, size)
      },
    )
  } catch (error) {
    if (error instanceof HttpProblem) throw failure(error)
    const { code, message } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    throw failure({ message: `${path} cannot be written; TMPDIR names a folder with more room: ${message}` })
  } finally {
    clearProgress()
    closeSync(file)
    client.close()
  }
}
