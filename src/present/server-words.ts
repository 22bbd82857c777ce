import { formatBytes } from './units.ts'

// What work on a file takes of the server that has it, in the words of the command line and of pages.

/** @param work what takes the bytes: "hashing the image" */
export function takenText(work: string, bytes: number): string {
  return `${work} takes ${formatBytes(bytes, 'iec')} of the server`
}

/** The same for work of which we do not know how much it reads. */
export function mostText(work: string, most: number): string {
  return `${work} may take ${formatBytes(most, 'iec')} of the server`
}

/** Names what an answer leaves out because it takes contents. @param bytes about how many these are */
export function leftOutText(bytes: number): string {
  const what = 'what is in initrds and other images inside, and what is paid twice'
  return `left out: ${what}; --deep reads it, ${formatBytes(bytes, 'iec')} or more`
}
