import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FormatError } from '../../parsers/bytes/errors.ts'
import { HttpProblem } from '../platform/http-problem.ts'
import { RangeClient } from '../platform/node/range-client.ts'
import type { RemoteFile } from '../platform/remote-file.ts'
import { remoteFiles, replaceByCopy } from './image-file.ts'
import { onInterruption } from './interruption.ts'
import { clearProgress, progressOf } from './progress.ts'

/**
 * Runs a command on copies of the files on servers, which are called what the files are called. They are removed afterwards,
 * whatever happens.
 * @param only the name of the one that is wanted; all by default
 */
export async function withDownloads<Answer>(run: () => Promise<Answer>, only?: string): Promise<Answer> {
  const folder = mkdtempSync(join(tmpdir(), 'isoscope-'))
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  const settled = onInterruption(remove)
  try {
    for (const [index, [name, file]] of remoteFiles().entries()) {
      if (only !== undefined && name !== only) continue
      const path = join(folder, String(index))
      await download(file, name, path)
      replaceByCopy(name, path)
    }
    return await run()
  } finally {
    remove()
    settled()
  }
}

async function download({ url, headers }: RemoteFile, name: string, path: string): Promise<void> {
  const failure = ({ code = 'IO', message }: Partial<HttpProblem>): FormatError =>
    new FormatError(code, message ?? '', { source: name, structure: 'file', offset: done })
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
        progress(done, size)
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
