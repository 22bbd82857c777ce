import { type Verification, verify } from '../../analyses/verify.ts'
import { takeIntegrity } from '../../inventory/integrity.ts'
import { verifyJson } from '../../present/json/verify.ts'
import { ownerNames } from '../../views/owner-names.ts'
import { verifyView } from '../../views/verify.ts'
import type { VerifyArguments } from '../definitions/verify.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { fileForThreads } from '../image-file.ts'
import { openNamed } from '../open.ts'
import { choiceOf, threadsOf } from '../option-values.ts'
import { note, say } from '../output.ts'
import { printProblems } from '../print-problems.ts'
import { destinationsOf, printView } from '../print-view.ts'
import { noteMost, progressAt } from '../server-bytes.ts'
import { withOpen } from '../with-open.ts'

/** `isoscope verify IMAGE`: whether the content is what the image says that it should be. */
export async function runVerify(options: VerifyArguments): Promise<ExitCode> {
  const { image, verbose = false } = options
  const choice = choiceOf(options)
  const destinations = destinationsOf(options)
  const reading = {
    ...threadsOf(options),
    file: fileForThreads(image),
    progress: progressAt([image], 'verifying'),
  }
  return withOpen(openNamed(image, options), async (open) => {
    noteMost(image, 'verifying', open.file.size)
    const result = verify(await takeIntegrity(open, reading))
    printProblems(result.problems, verbose)
    sayWhatIsNotRegistered(result, image)
    const keys = [...result.owners, ...result.packages].map(({ key }) => key)
    const view = verifyView(result, { nameOf: ownerNames(keys, result.directory, undefined), verbose }, choice)
    await printView({ ...view, json: () => [verifyJson(result)] }, options, destinations)
    return { pass: EXIT.ok, fail: EXIT.no, unknown: EXIT.failed }[result.verdict]
  })
}

function sayWhatIsNotRegistered(
  { declaredProblem, isRegistered, owners, packages }: Verification,
  image: string,
): void {
  if (declaredProblem !== undefined) say(declaredProblem.message)
  else if (!isRegistered && (owners.length > 0 || packages.length === 0)) {
    const what =
      owners.length > 0
        ? 'nix-path-registration in it to compare store paths with'
        : 'store path and no package database in it'
    note(`${image}: there is no ${what}; contents and checksums were read`)
  }
}
