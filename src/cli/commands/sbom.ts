import { basename } from 'node:path'
import { sbom } from '../../analyses/sbom.ts'
import { inventoryOf } from '../../inventory/take-inventory.ts'
import { cyclonedx } from '../../present/sbom/cyclonedx.ts'
import { spdx } from '../../present/sbom/spdx.ts'
import type { SbomArguments } from '../definitions/sbom.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { hashOfFile } from '../hash-of-file.ts'
import { isWholeStore, printStoreProblems, withStore } from '../open-store.ts'
import { readVersion } from '../version.ts'
import { writeDocument } from '../write-file.ts'

/** `isoscope sbom IMAGE`: a bill of materials of an image. */
export async function runSbom(options: SbomArguments): Promise<ExitCode> {
  return withStore(options, async (store) => {
    const { survey } = store
    const materials = sbom(await inventoryOf(survey, options.references))
    const isSaved = survey.parts.saved !== undefined
    const facts = {
      name: options.in === undefined ? basename(materials.image.name) : `${options.in} in ${basename(options.image)}`,
      sha256: isSaved ? undefined : hashOfFile(survey.open.file),
      version: readVersion(),
    }
    const document = options.format === 'spdx' ? spdx(materials, facts) : cyclonedx(materials, facts)
    printStoreProblems(store, options)
    await writeDocument(options.output, document)
    return isWholeStore(store) ? EXIT.ok : EXIT.failed
  })
}
