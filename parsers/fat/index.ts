export { type FatOptions, openFat } from './open.ts'
