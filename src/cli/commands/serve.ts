import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { FormatError } from '../../../parsers/bytes/errors.ts'
import { HttpProblem } from '../../platform/http-problem.ts'
import { fileSource } from '../../platform/node/file-source.ts'
import { imageServer } from '../../platform/node/image-server.ts'
import { localImage, relayedImage, type ServedImage } from '../../platform/node/served-image.ts'
import type { ServeArguments } from '../definitions/serve.ts'
import { EXIT, type ExitCode, UsageError } from '../exit-codes.ts'
import { imageFileOf } from '../image-file.ts'
import { isMistyped, MistypedWord } from '../mistyped-word.ts'
import { systemReason } from '../open.ts'
import { note, say, writeOut } from '../output.ts'

/** `isoscope serve [IMAGE]`: the page that reads images, for the browser of this machine. It ends with a signal. */
export async function runServe({ image, port = 0, verbose }: ServeArguments): Promise<ExitCode> {
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new UsageError('--port: takes a number up to 65535')
  const served = image === undefined ? undefined : await servedImage(image)
  const token = randomBytes(16).toString('base64url')
  const log = verbose === true ? say : () => {}
  const server = imageServer({ page: pageFor(image), image: served, token, log })
  await listening(server, port)
  await writeOut([`http://127.0.0.1:${(server.address() as AddressInfo).port}/${token}/\n`])
  note('open this address in a browser; Ctrl-C ends it')
  await once(server, 'close')
  return EXIT.ok
}

/** The page for files, or the one for an image that it finds beside itself. */
function pageFor(image: string | undefined): string {
  const name = image === undefined ? 'index.html' : 'url.html'
  const page = readFileSync(new URL(`../../dist/web/${name}`, import.meta.url), 'utf8')
  if (image === undefined) return page
  const isHere = typeof imageFileOf(image) === 'string'
  const told = JSON.stringify({ name: image, isHere }).replace(/[&<>"']/g, (each) => `&#${each.charCodeAt(0)};`)
  return page.replace('<title>', () => `<meta name="isoscope-image" content="${told}">\n<title>`)
}

/** @throws {FormatError} {UsageError} if there is nothing to serve */
async function servedImage(name: string): Promise<ServedImage> {
  const file = imageFileOf(name)
  try {
    if (typeof file === 'string') fileSource(file, name).close()
    const image = typeof file === 'string' ? localImage(file) : relayedImage(file)
    await (await image.open()).close()
    return image
  } catch (error) {
    if (error instanceof HttpProblem) {
      throw new FormatError(error.code, error.message, { source: name, structure: 'file', offset: 0 })
    }
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && isMistyped(name)) throw new MistypedWord(name)
    const reason = systemReason(error)
    throw reason === undefined ? error : new UsageError(`${name}: ${reason}`)
  }
}

async function listening(server: Server, port: number): Promise<void> {
  try {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const reasons: Readonly<Record<string, string>> = {
      EADDRINUSE: 'another program listens there',
      EACCES: 'this user may not listen there',
    }
    throw new UsageError(`--port ${port}: ${reasons[code ?? ''] ?? message}`)
  }
}
