export { type ForeignSession, foreignSession } from './foreign-session.ts'
export type { NameTreeKind } from './name-tree.ts'
export { type Iso9660Image, type Iso9660Options, openIso9660 } from './open.ts'
export { isIso9660, unreadableDisc } from './recognise.ts'
