import { textOf } from '../../../parsers/bytes/byte-string.ts'
import { fileIdentity } from '../../images/image-identity.ts'
import { loadKeys } from '../../inventory/survey-cache.ts'
import { nameOf } from '../../owners/names.ts'
import { thisSystem, userDirectory } from '../../platform/node/user-directories.ts'
import { bashCompletion } from '../completion/bash.ts'
import { fishCompletion } from '../completion/fish.ts'
import { type ShownCommand, shownCommands } from '../completion/grammar.ts'
import { powershellCompletion } from '../completion/powershell.ts'
import { zshCompletion } from '../completion/zsh.ts'
import type { Definition } from '../definition.ts'
import type { CompletionArguments } from '../definitions/completion.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { writeOut } from '../output.ts'
import { readVersion } from '../version.ts'

const SHELLS: Readonly<Record<CompletionArguments['shell'], (commands: readonly ShownCommand[]) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
  powershell: powershellCompletion,
}

/** `isoscope completion SHELL`: a script that completes our command lines. */
export async function runCompletion(
  { shell, names }: CompletionArguments,
  table: Readonly<Record<string, Definition>>,
): Promise<ExitCode> {
  await writeOut([names === undefined ? SHELLS[shell](shownCommands(table)) : cachedNames(names)])
  return EXIT.ok
}

/** What the names of store paths consist of. A shell takes nothing in these for more than itself. */
const NAME = /^[A-Za-z0-9+._=-]+$/

/** The names of the store paths of an image that is in the cache, one a line. We open no image, and say nothing of errors. */
function cachedNames(image: string): string {
  const directory = userDirectory('cache', thisSystem())
  if (directory === undefined) return ''
  try {
    const keys = loadKeys(directory, readVersion(), fileIdentity(image, 0)) ?? []
    const names = new Set(keys.map((key) => textOf(nameOf(key)) ?? '').filter((name) => NAME.test(name)))
    return [...names].map((name) => `${name}\n`).join('')
  } catch {
    return ''
  }
}
