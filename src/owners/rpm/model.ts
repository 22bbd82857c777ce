import { packageModel } from '../package-model.ts'
import { rpmDatabase } from './database.ts'
import { rpmFiles } from './declared-files.ts'
import { rpmFile } from './package-file.ts'

/** The package manager of Fedora, openSUSE and their relatives: owners are packages. */
export const rpm = packageModel('rpm', rpmDatabase, rpmFile, rpmFiles)
