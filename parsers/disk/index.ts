export { type DiskOptions, openDisk } from './open.ts'
