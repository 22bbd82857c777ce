export { type Database, openDatabase } from './database.ts'
export type { Value } from './record.ts'
export { rowsOf } from './schema.ts'
export type { Row } from './table.ts'
