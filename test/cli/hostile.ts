import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { CONTENT, type Hostile, STORE_PATH } from './hostile-images.ts'

/** What a command said; without an exit code where it was killed. */
export interface Ended {
  readonly code: number | null
  readonly stdout: Buffer
  readonly stderr: string
}

/** What holds of every command: it ends by itself, and says what it says in sentences. */
function expectSentences({ code, stderr }: Ended, codes: readonly number[]): void {
  expect(stderr).not.toMatch(/^ {4}at |\bError:|NaN|undefined|\[object|internal error/m)
  for (const line of stderr.split('\n').slice(0, -1)) expect(line).toMatch(/^isoscope: \S.*$/)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not reach a terminal
  expect(stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
  expect(codes).toContain(code)
}

/** Nothing in it acts on a terminal, and nothing of the program shows. */
function expectText(written: Buffer): void {
  // CSV ends its lines so. Of what is no UTF-8 there is none.
  const text = new TextDecoder('utf-8', { fatal: true }).decode(written).replaceAll('\r\n', '\n')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not reach a terminal
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/)
  expect(text).not.toMatch(/\bNaN\b|\bundefined\b|\[object /)
}

/**
 * Gives a hostile image to every command.
 * @param folder where the image and what is made of it are written
 * @param command runs a command line in that folder
 */
export async function expectToSurvive(
  hostile: Hostile,
  kind: 'iso' | 'squashfs',
  folder: string,
  command: (args: readonly string[]) => Ended | Promise<Ended>,
): Promise<void> {
  const { name, said, listed, code, listCode = code, cat, metadata } = hostile
  const path = `${name}.${kind}`
  writeFileSync(join(folder, path), hostile.bytes())
  const saved = [`${name}.json`, `${name}.md`, `${name}.csv`]
  const inside = kind === 'iso' ? `/nix-store.squashfs/${STORE_PATH}` : `/${STORE_PATH}`
  const [list, text, tree, difference, check, exported, why, content, duplicates] = await Promise.all(
    [
      ['ls', '-R', path, '-v'],
      ['report', path, '-v', '-o', '-', ...saved.flatMap((file) => ['-o', file])],
      ['tree', path, '--references', 'scan', '--jobs', '2'],
      ['diff', path, path],
      ['check', path, '--max', '1GiB'],
      ['export', path, '--format', 'ncdu'],
      ['why', path, STORE_PATH],
      ['cat', path, cat?.[0] ?? inside],
      ['duplicates', path, '--deep'],
    ].map(command),
  )
  const expectSaid = (ended: Ended, nothing: boolean, code: number = hostile.code): void => {
    if (nothing) expect(ended.stderr).toBe('')
    else expect(ended.stderr).toMatch(said!)
    expectSentences(ended, [nothing ? 0 : code])
  }
  expectSaid(text!, said === undefined)
  expectSaid(list!, said === undefined || listed === true, listCode)
  expectSentences(tree!, [code])
  expectSentences(difference!, [metadata === undefined ? code : 2])
  if (metadata !== undefined) expect(difference!.stderr).toMatch(metadata)
  // These need no contents.
  for (const ended of [check!, exported!]) expectSentences(ended, listed === true ? [0, code] : [listCode, code])
  expectSentences(why!, [0, 1, 2])
  // It reads contents too, which the report does not.
  expectSentences(duplicates!, [code, 2])
  for (const { stdout } of [list!, text!, tree!, difference!, check!, exported!, why!, duplicates!]) expectText(stdout)
  for (const file of saved.map((file) => join(folder, file)).filter(existsSync)) {
    const written = readFileSync(file)
    expectText(written)
    if (file.endsWith('.json')) JSON.parse(written.toString())
    rmSync(file)
  }
  if (exported!.stdout.length > 0) JSON.parse(exported!.stdout.toString())
  expectSentences(content!, [0, 2])
  if (cat !== undefined) expect(content!.stderr).toMatch(cat[1])
  else if (content!.code === 0) expect(content!.stdout.toString()).toBe(CONTENT)
  if (cat?.[2] !== undefined) expect(Buffer.compare(content!.stdout, cat[2])).toBe(0)
  // What is sound can be read and asked about whatever lies beside it, where its directory could be read.
  if (code === 0) expect([cat === undefined ? content!.code : 0, why!.code]).toEqual([0, 0])
  rmSync(join(folder, path))
}
