import { formatError } from '../bytes/source.ts'
import type { Format } from '../format.ts'
import { foreignSession } from './foreign-session.ts'
import { ISO9660, openIso9660 } from './open.ts'
import { isIso9660 } from './recognise.ts'

/** The format ISO 9660, with Rock Ridge, Joliet, El Torito and zisofs. */
export const iso9660: Format = {
  ...ISO9660,
  recognise: (source) => (isIso9660(source) ? 'yes' : 'no'),
  unreadable(source, file) {
    const session = foreignSession(source)
    if (session === undefined) return undefined
    const { start, offset } = session
    const what = `this is a session that begins at sector ${start} of its disc: its addresses count from there`
    const advice = `isoinfo -l -N ${start} -i ${file} lists it`
    return formatError('UNSUPPORTED', `${what}; ${advice}`, source, { structure: 'volume descriptor', offset })
  },
  open(source, { limits, nameTree }) {
    return openIso9660(source, nameTree === undefined ? { limits } : { limits, nameTree })
  },
}
