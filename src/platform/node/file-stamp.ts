import { statSync } from 'node:fs'

/** The size of a file and its times of change. They differ once a program has written to it. */
export function fileStamp(path: string): string {
  const { size, mtimeNs, ctimeNs } = statSync(path, { bigint: true })
  return `${size} ${mtimeNs} ${ctimeNs}`
}
