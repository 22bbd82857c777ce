import { memorySpool, type Spool } from '../../../parsers/bytes/spool.ts'

/** A spool in memory: a page has no temporary files. */
export function systemSpool(): Spool {
  return memorySpool()
}
