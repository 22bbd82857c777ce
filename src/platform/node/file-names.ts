import { type ByteString, textOf } from '../../../parsers/bytes/byte-string.ts'

/** Names that are devices on Windows in every folder, whatever follows a dot (Microsoft, "Naming Files"). */
const WINDOWS_DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9\u00b9\u00b2\u00b3])[ ]*(\.|$)/i
// biome-ignore lint/suspicious/noControlCharactersInRegex: Windows has no names with control characters
const NOT_ON_WINDOWS = /[<>:"|?*\\\u0000-\u001f]/

/**
 * Why a system cannot have a file of this name, as far as the name tells; undefined if it may. Only the system knows how
 * long a name may be.
 */
export function nameProblem(name: ByteString, system: NodeJS.Platform): string | undefined {
  if (name === '' || name === '.' || name === '..' || /[/\0]/.test(name)) return 'is not the name of a file'
  if (system !== 'win32' && system !== 'darwin') return undefined
  const text = textOf(name)
  if (text === undefined) return 'has a name that is not UTF-8, which this system cannot have'
  if (system === 'darwin') return undefined
  const [wrong] = NOT_ON_WINDOWS.exec(text) ?? []
  if (wrong !== undefined) return `has ${JSON.stringify(wrong)} in its name, which Windows does not allow`
  if (/[ .]$/.test(text)) return 'has a name that ends in a dot or a space, which Windows does not allow'
  return WINDOWS_DEVICE.test(text) ? 'has the name of a device of Windows' : undefined
}
