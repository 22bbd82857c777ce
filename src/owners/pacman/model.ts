import { packageModel } from '../package-model.ts'
import { pacmanDatabase } from './database.ts'
import { pacmanFiles } from './declared-files.ts'
import { pacmanFile } from './package-file.ts'

/** Arch Linux's package manager: owners are packages. */
export const pacman = packageModel('pacman', pacmanDatabase, pacmanFile, pacmanFiles)
