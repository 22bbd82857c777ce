import { appendFileSync } from 'node:fs'
import { basename } from 'node:path'
import { FormatError } from '../../../parsers/bytes/errors.ts'
import { utcTime } from '../../../parsers/bytes/utc-time.ts'
import { type Check, check, isNothingMeasured } from '../../analyses/check.ts'
import { diff } from '../../analyses/diff.ts'
import type { Rule } from '../../analyses/rules.ts'
import type { CheckSide } from '../../analyses/subject-parts.ts'
import { checkJson } from '../../present/json/check.ts'
import { escapeMarkdown } from '../../present/markdown/escape.ts'
import { sectionsMarkdown } from '../../present/markdown/sections.ts'
import { wordsText } from '../../present/text/cell.ts'
import { printableText } from '../../present/text/printable.ts'
import { PLAIN } from '../../present/text/style.ts'
import type { Unit } from '../../present/units.ts'
import type { Words } from '../../views/cell.ts'
import { checkView, resultWords } from '../../views/check.ts'
import { contributorSentences } from '../../views/contributors.ts'
import { shortNames } from '../../views/owner-names.ts'
import { ruleName } from '../../views/rule-name.ts'
import { type Config, findConfig, patternProblem, readConfig, subjectOf } from '../check-config.ts'
import { CONFIG_NAME } from '../config-files.ts'
import type { CheckArguments } from '../definitions/check.ts'
import { EXIT, type ExitCode, type Explain, UsageError } from '../exit-codes.ts'
import { type OpenSide, openSide } from '../open-side.ts'
import { choiceOf, sizeOf, unitOf } from '../option-values.ts'
import { destinationsOf, printView } from '../print-view.ts'
import { readVersion } from '../version.ts'
import { withOpen } from '../with-open.ts'

/** How many contributors to a broken rule an annotation names. */
const MAX_ANNOTATED = 3
const IMAGE = { subject: { kind: 'image' }, problem: undefined } as const

/** `isoscope check IMAGE`: whether an image keeps to the rules. */
export async function runCheck(options: CheckArguments, explain: Explain): Promise<ExitCode> {
  destinationsOf(options)
  choiceOf(options)
  const config = configuration(options.config)
  const rules = [...config.rules, ...givenRules(options, config.groups)]
  if (rules.length === 0) {
    throw new UsageError(`there are no rules: give --max 480MiB, or write them into ${CONFIG_NAME}`)
  }
  /** Opens a side. If that fails, it reports the error to GitHub too. */
  const open = async (path: string, offset?: string): Promise<OpenSide> => {
    try {
      return await openSide(path, { ...options, offset })
    } catch (thrown) {
      const error = await explain(thrown)
      printGitHubOfFailure(error, options)
      throw error
    }
  }
  return withOpen(await open(options.image, options.offset), async (image) =>
    options.base === undefined
      ? printCheck(rules, image, undefined, options)
      : withOpen(await open(options.base), (base) => printCheck(rules, image, base, options)),
  )
}

async function printCheck(
  rules: readonly Rule[],
  image: OpenSide,
  base: OpenSide | undefined,
  options: CheckArguments,
): Promise<ExitCode> {
  const today = utcTime(Date.now() / 1000)!.slice(0, 10)
  const result = check(rules, sideOf(image), base === undefined ? undefined : sideOf(base), today)
  const summary = image.inventory.image
  const unit = unitOf(options)
  const changes = base === undefined ? undefined : diff(base.inventory, image.inventory, 'path')
  const view = checkView(result, { image: summary, diff: changes }, choiceOf(options))
  const json = () => [checkJson(result, summary, base?.inventory.image)]
  const marker = 'isoscope check'
  await printView({ ...view, json, marker }, options)
  const drawing = { unit, fullPaths: options.fullPaths === true, version: readVersion(), marker }
  printGitHub(result, () => sectionsMarkdown(view.sections(), drawing), unit, options)
  return { pass: EXIT.ok, fail: EXIT.no, unmeasured: EXIT.failed }[result.verdict]
}

/** A saved report has no image to open. */
function sideOf({ inventory, survey }: OpenSide): CheckSide {
  return inventory.isSaved ? inventory : { ...inventory, contents: survey }
}

/** Reports to GitHub that we could not measure anything. */
function printGitHubOfFailure(error: unknown, { image }: CheckArguments): void {
  if (!(error instanceof UsageError || error instanceof FormatError)) return
  const { GITHUB_STEP_SUMMARY: summary = '', GITHUB_ACTIONS: actions } = process.env
  if (summary !== '')
    appendTo(summary, `### isoscope check: nothing was measured\n\n${escapeMarkdown(error.message)}\n`)
  if (actions === 'true') annotate(image, printableText(error.message))
}

function appendTo(summary: string, text: string): void {
  try {
    appendFileSync(summary, text)
  } catch (error) {
    throw new UsageError(`${summary}: the summary cannot be written: ${(error as Error).message}`)
  }
}

/** The runner reads annotations from both streams. We use stderr, to leave the output on stdout intact. */
function annotate(image: string, text: string): void {
  process.stderr.write(`::error title=isoscope ${escapeProperty(basename(image))}::${escapeData(text)}\n`)
}

function configuration(given: string | undefined): Config {
  const path = given ?? findConfig(process.cwd())
  return path === undefined ? { rules: [], groups: new Map() } : readConfig(path)
}

function givenRules(options: CheckArguments, groups: Config['groups']): Rule[] {
  const { max, maxGrowth, maxGrowthPercent, forbid, noDuplicates } = options
  return [
    ...(max ?? []).map((text): Rule => ({ kind: 'max', ...limitOf('max', text, groups, sizeOf) })),
    ...(maxGrowth ?? []).map((text): Rule => ({ kind: 'growth', ...limitOf('max-growth', text, groups, sizeOf) })),
    ...(maxGrowthPercent ?? []).map(
      (text): Rule => ({ kind: 'growthPercent', ...limitOf('max-growth-percent', text, groups, percentOf) }),
    ),
    ...(forbid ?? []).map(
      (match): Rule => ({ kind: 'forbid', match: patternOf('forbid', match), reason: undefined, except: [] }),
    ),
    ...(noDuplicates ?? []).map((name): Rule => ({ kind: 'noDuplicates', name: patternOf('no-duplicates', name) })),
  ]
}

/** "480MiB" is a limit for the image, "initrd=25MiB" and "path:linux-firmware*=150MiB" for parts of it. */
function limitOf(
  option: string,
  text: string,
  groups: Config['groups'],
  parse: (option: string, text: string) => number,
) {
  const sign = text.lastIndexOf('=')
  const { subject, problem } = sign < 0 ? IMAGE : subjectOf(text.slice(0, sign), groups)
  if (subject === undefined) throw new UsageError(`--${option}: ${problem}`)
  return { subject, max: parse(option, text.slice(sign + 1)) }
}

function patternOf(option: string, text: string): string {
  const problem = patternProblem(text)
  if (problem !== undefined) throw new UsageError(`--${option}: the pattern ${problem}`)
  return text
}

function percentOf(option: string, text: string): number {
  const match = /^(\d+(?:\.\d+)?)%?$/.exec(text)
  if (match === null) throw new UsageError(`--${option}: '${text}' is not a percentage; write 2 or 2.5`)
  return Number(match[1])
}

/**
 * On GitHub, writes a summary of the job, and an annotation for each rule that is broken or could not be measured. If
 * no rule was measured, skipped rules get annotations too.
 */
function printGitHub(
  { results, owners, contentNames }: Check,
  markdown: () => string,
  unit: Unit,
  options: CheckArguments,
): void {
  const { GITHUB_STEP_SUMMARY: summary = '', GITHUB_ACTIONS: actions } = process.env
  if (summary !== '') appendTo(summary, `${markdown()}\n`)
  if (actions !== 'true') return
  const labelOf = shortNames(owners, contentNames)
  const plain = (words: Words): string => wordsText(words, { style: PLAIN, unit, fullPaths: false })
  const isNothing = isNothingMeasured(results)
  for (const result of results) {
    const { status, rule } = result
    if (status === 'pass' || (status === 'skip' && !isNothing)) continue
    const named = contributorSentences(result, labelOf).slice(0, MAX_ANNOTATED)
    const text = [`${printableText(ruleName(rule))}: ${plain(resultWords(result))}`, ...named.map(plain)].join('; ')
    annotate(options.image, text)
  }
}

/** The same escapes as in GitHub's own toolkit (actions/toolkit: packages/core/src/command.ts). */
function escapeData(text: string): string {
  return text.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A')
}

function escapeProperty(text: string): string {
  return escapeData(text).replace(/:/g, '%3A').replace(/,/g, '%2C')
}
