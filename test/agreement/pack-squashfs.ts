import { rmSync } from 'node:fs'
import { mustRun, runTool } from '../oracle.ts'

/** One in a dozen is bad at the worst: so many in a row never are. */
const ATTEMPTS = 10

/**
 * Makes a squashfs with mksquashfs. Of the images that its release 4.5.1 makes with -always-use-fragments some have blocks
 * that nothing can decompress, unsquashfs neither, another one each time: of those, one that unsquashfs takes.
 */
export function packSquashfs(image: string, sources: readonly string[], options: readonly string[]): void {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    rmSync(image, { force: true })
    mustRun('mksquashfs', [...sources, image, ...options])
    if (!options.includes('-always-use-fragments') || isWhole(image)) return
  }
  throw new Error(`mksquashfs made ${ATTEMPTS} images in a row that unsquashfs does not take`)
}

function isWhole(image: string): boolean {
  const unpacked = `${image}.unpacked`
  try {
    return runTool('unsquashfs', ['-no-progress', '-quiet', '-d', unpacked, image]).code === 0
  } finally {
    rmSync(unpacked, { recursive: true, force: true })
  }
}
