import { parentPort, workerData } from 'node:worker_threads'
import { openImage } from '../images/open-image.ts'
import { attribute } from './attribution.ts'
import { type InsideStart, insideMessage } from './inside-thread.ts'
import { lookInside } from './look-inside.ts'

// The thread opens the image itself, sends what it found, and ends.
const { path, ...options } = workerData as InsideStart
const open = openImage(path, options)
try {
  parentPort!.postMessage(insideMessage(lookInside(open, () => attribute(open))))
} finally {
  open.close()
}
