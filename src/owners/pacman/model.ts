import { packageModel } from '../package-model.ts'
import { pacmanDatabase } from './database.ts'

/** Arch Linux's package manager: owners are packages. */
export const pacman = packageModel('pacman', pacmanDatabase)
