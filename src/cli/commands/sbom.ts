import { basename } from 'node:path'
import { sbom } from '../../analyses/sbom.ts'
import { inventoryOf } from '../../inventory/take-inventory.ts'
import { cyclonedx } from '../../present/sbom/cyclonedx.ts'
import { spdx } from '../../present/sbom/spdx.ts'
import type { SbomArguments } from '../definitions/sbom.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { hashOfFile } from '../hash-of-file.ts'
import { isWholeStore, storeIn } from '../open-store.ts'
import { openSurvey } from '../open-survey.ts'
import { printProblems } from '../print-problems.ts'
import { readVersion } from '../version.ts'
import { withOpen } from '../with-open.ts'
import { writeDocument } from '../write-file.ts'

/** `isoscope sbom IMAGE`: a bill of materials of an image. */
export async function runSbom(options: SbomArguments): Promise<ExitCode> {
  return withOpen(openSurvey(options), async ({ survey }) => {
    // An AppImage or a snap without packages has a bill of itself.
    const isBare = survey.keys.length === 0 && (await survey.summary()).application?.name !== undefined
    const store = isBare ? undefined : await storeIn(survey, options)
    const materials = sbom(await inventoryOf(survey, options.references))
    const isSaved = survey.parts.saved !== undefined
    const facts = {
      name: options.in === undefined ? basename(materials.image.name) : `${options.in} in ${basename(options.image)}`,
      sha256: isSaved ? undefined : hashOfFile(survey.open.file, options.image),
      version: readVersion(),
    }
    const document = formatOf(options) === 'spdx' ? spdx(materials, facts) : cyclonedx(materials, facts)
    const { warnings, complete } = survey.attribution
    printProblems([...(store?.references.warnings ?? []), ...warnings], options.verbose)
    await writeDocument(options.output, document)
    return (store === undefined ? complete : isWholeStore(store)) ? EXIT.ok : EXIT.failed
  })
}

/** The format that the user names, or that the name of the file says: https://spdx.github.io/spdx-spec/v2.3/conformance/ */
function formatOf({ format, output }: SbomArguments): NonNullable<SbomArguments['format']> {
  return format ?? (/\.spdx(\.json)?(\.gz)?$/.test(output) ? 'spdx' : 'cyclonedx')
}
