import { packageModel } from '../package-model.ts'
import { dpkgDatabase } from './database.ts'
import { dpkgFiles } from './declared-files.ts'
import { debFile } from './package-file.ts'

/** Debian's package manager, and its relatives: owners are packages. */
export const dpkg = packageModel('dpkg', dpkgDatabase, debFile, dpkgFiles)
