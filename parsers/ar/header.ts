import { ascii } from '../bytes/fields.ts'
import { type Struct, struct } from '../bytes/struct.ts'

const fields = {
  name: ascii(16),
  date: ascii(12),
  uid: ascii(6),
  gid: ascii(6),
  mode: ascii(8),
  size: ascii(10),
  end: ascii(2),
}

/** The header of a member. Numbers are decimal, with spaces behind them (deb(5), FORMAT; ar(5), Common ar Format). */
export const arHeader: Struct<typeof fields> = struct('ar member header', fields)

/** What each header ends with. */
export const HEADER_END = '`\n'
/** What an archive begins with. */
export const MAGIC = '!<arch>\n'
