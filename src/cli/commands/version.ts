import { usesWebAssembly } from '../../../parsers/codecs/decoders.ts'
import type { VersionArguments } from '../definitions/version.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { writeOut } from '../output.ts'
import { readVersion } from '../version.ts'

/** `isoscope version`: the version, and with --verbose how decoders run. */
export async function runVersion({ verbose }: VersionArguments): Promise<ExitCode> {
  const more = `node ${process.versions.node}\ndecoders in ${usesWebAssembly() ? 'WebAssembly' : 'TypeScript'}\n`
  await writeOut([`isoscope ${readVersion()}\n`, ...(verbose === true ? [more] : [])])
  return EXIT.ok
}
