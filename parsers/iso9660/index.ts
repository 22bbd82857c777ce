export { type Iso9660Image, type Iso9660Options, openIso9660 } from './open.ts'
export { unreadableDisc } from './recognise.ts'
