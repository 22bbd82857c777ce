import { packageModel } from '../package-model.ts'
import { dpkgDatabase } from './database.ts'

/** Debian's package manager, and its relatives: owners are packages. */
export const dpkg = packageModel('dpkg', dpkgDatabase)
