import { type ArgumentsOf, type Definition, isArgumentsOf } from './definition.ts'
import { adviseDefinition } from './definitions/advise.ts'
import { cacheDefinition } from './definitions/cache.ts'
import { catDefinition } from './definitions/cat.ts'
import { checkDefinition } from './definitions/check.ts'
import { completionDefinition } from './definitions/completion.ts'
import { cutsDefinition } from './definitions/cuts.ts'
import { diffDefinition } from './definitions/diff.ts'
import { duplicatesDefinition } from './definitions/duplicates.ts'
import { exploreDefinition } from './definitions/explore.ts'
import { exportDefinition } from './definitions/export.ts'
import { extractDefinition } from './definitions/extract.ts'
import { helpDefinition } from './definitions/help.ts'
import { historyDefinition } from './definitions/history.ts'
import { htmlDefinition } from './definitions/html.ts'
import { lsDefinition } from './definitions/ls.ts'
import { referrersDefinition, refsDefinition } from './definitions/references.ts'
import { reportDefinition } from './definitions/report.ts'
import { sbomDefinition } from './definitions/sbom.ts'
import { serveDefinition } from './definitions/serve.ts'
import { submitDefinition } from './definitions/submit.ts'
import { treeDefinition } from './definitions/tree.ts'
import { verifyDefinition } from './definitions/verify.ts'
import { versionDefinition } from './definitions/version.ts'
import { whyDefinition } from './definitions/why.ts'
import { whyDependsDefinition } from './definitions/why-depends.ts'
import { withoutDefinition } from './definitions/without.ts'
import { workerDefinition } from './definitions/worker.ts'
import { EXIT, type ExitCode, type Program } from './exit-codes.ts'

/** A command: its arguments, and its function. */
export interface Command extends Definition {
  /** @param values read by an argument reader that used the command's definition */
  run(values: object, program: Program): Promise<ExitCode>
}

/**
 * The commands by name, in the order of the help. `report` applies if the first word is not a command. We load each
 * command when it runs: a program this small spends most of its time loading.
 */
export const COMMANDS = {
  report: command(reportDefinition, async (given) => (await import('./commands/report.ts')).runReport(given)),
  explore: command(exploreDefinition, async (given) => (await import('./commands/explore.ts')).runExplore(given)),
  ls: command(lsDefinition, async (given) => (await import('./commands/ls.ts')).runLs(given)),
  cat: command(catDefinition, async (given) => (await import('./commands/cat.ts')).runCat(given)),
  extract: command(extractDefinition, async (given) => (await import('./commands/extract.ts')).runExtract(given)),
  why: command(whyDefinition, async (given) => (await import('./commands/why.ts')).runWhy(given)),
  'why-depends': command(whyDependsDefinition, async (given) =>
    (await import('./commands/why-depends.ts')).runWhyDepends(given),
  ),
  cuts: command(cutsDefinition, async (given) => (await import('./commands/cuts.ts')).runCuts(given)),
  without: command(withoutDefinition, async (given) => (await import('./commands/without.ts')).runWithout(given)),
  tree: command(treeDefinition, async (given) => (await import('./commands/tree.ts')).runTree(given)),
  duplicates: command(duplicatesDefinition, async (given) =>
    (await import('./commands/duplicates.ts')).runDuplicates(given),
  ),
  advise: command(adviseDefinition, async (given) => (await import('./commands/advise.ts')).runAdvise(given)),
  refs: command(refsDefinition, async (given) =>
    (await import('./commands/references.ts')).runReferences('references', given),
  ),
  referrers: command(referrersDefinition, async (given) =>
    (await import('./commands/references.ts')).runReferences('referrers', given),
  ),
  diff: command(diffDefinition, async (given) => (await import('./commands/diff.ts')).runDiff(given)),
  history: command(historyDefinition, async (given, { explain }) =>
    (await import('./commands/history.ts')).runHistory(given, explain),
  ),
  check: command(checkDefinition, async (given, { explain }) =>
    (await import('./commands/check.ts')).runCheck(given, explain),
  ),
  verify: command(verifyDefinition, async (given) => (await import('./commands/verify.ts')).runVerify(given)),
  sbom: command(sbomDefinition, async (given) => (await import('./commands/sbom.ts')).runSbom(given)),
  html: command(htmlDefinition, async (given) => (await import('./commands/html.ts')).runHtml(given)),
  serve: command(serveDefinition, async (given) => (await import('./commands/serve.ts')).runServe(given)),
  export: command(exportDefinition, async (given) => (await import('./commands/export.ts')).runExport(given)),
  submit: command(submitDefinition, async (given) => (await import('./commands/submit.ts')).runSubmit(given)),
  worker: command(workerDefinition, async (given) => (await import('./commands/worker.ts')).runWorker(given)),
  cache: command(cacheDefinition, async (given) => (await import('./commands/cache.ts')).runCache(given)),
  completion: command(completionDefinition, async (given) =>
    (await import('./commands/completion.ts')).runCompletion(given, definitions()),
  ),
  help: command(helpDefinition, async (given, program) => {
    await program.printHelp(given.command)
    return EXIT.ok
  }),
  version: command(versionDefinition, async (given) => (await import('./commands/version.ts')).runVersion(given)),
} as const satisfies Readonly<Record<string, Command>>

export type CommandName = keyof typeof COMMANDS

export const COMMAND_NAMES: readonly CommandName[] = Object.keys(COMMANDS).filter(isCommandName)

export function isCommandName(word: string): word is CommandName {
  return Object.hasOwn(COMMANDS, word)
}

/** The table, for a command about the commands. Its own type may not depend on itself. */
function definitions(): Readonly<Record<string, Definition>> {
  return COMMANDS
}

function command<D extends Definition>(
  definition: D,
  run: (given: ArgumentsOf<D>, program: Program) => Promise<ExitCode>,
): Command {
  return {
    ...definition,
    async run(values, program) {
      if (!isArgumentsOf(definition, values)) throw new Error('arguments do not fit the command')
      return run(values, program)
    },
  }
}
