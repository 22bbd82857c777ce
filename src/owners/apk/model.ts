import { packageModel } from '../package-model.ts'
import { apkDatabase } from './database.ts'
import { apkFiles } from './declared-files.ts'
import { apkFile } from './package-file.ts'

/** Alpine's package manager: owners are packages. */
export const apk = packageModel('apk', apkDatabase, apkFile, apkFiles)
