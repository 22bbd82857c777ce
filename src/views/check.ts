import { type Check, type CheckResult, isNothingMeasured } from '../analyses/check.ts'
import type { Diff } from '../analyses/diff.ts'
import type { Rule } from '../analyses/rules.ts'
import type { ImageSummary } from '../inventory/image-summary.ts'
import {
  bytes,
  type Cell,
  change,
  count,
  MISSING,
  type NameCell,
  name,
  plural,
  text,
  type Words,
  words,
} from './cell.ts'
import { type Choice, chosen, showsAll } from './choice.ts'
import { type Column, sortKeys } from './column.ts'
import { contributorLines, type LabelOf } from './contributors.ts'
import { diffTable, growth } from './diff.ts'
import { nounsOfKeys } from './nouns.ts'
import { shortNames } from './owner-names.ts'
import { ruleName } from './rule-name.ts'
import { type Section, tableOf, type Verdict } from './section.ts'
import type { View } from './view.ts'

export interface CheckContext {
  readonly image: ImageSummary
  /** What changed since the base; undefined if there is none. */
  readonly diff: Diff | undefined
}

/** A rule with its result, or how many more there are. */
type Row = CheckResult | { readonly more: Words }

/** Whether an image keeps to the rules: a row for each rule. */
export function checkView(answer: Check, context: CheckContext, choice: Choice): View<Row> {
  const { results, owners, contentNames } = answer
  const columns = columnsOf(shortNames(owners, contentNames))
  return {
    sections: () => sectionsOf(answer, context, columns, choice),
    rows: () => ({ columns, rows: chosen<Row>(results, columns, { ...choice, top: 0 }, sizeOf) }),
  }
}

const SIGNS = { pass: 'pass', fail: 'fail', skip: 'skip', unmeasured: 'error' } as const

function columnsOf(labelOf: LabelOf): readonly Column<Row>[] {
  const ofRule =
    (value: (result: CheckResult) => Cell) =>
    (row: Row): Cell =>
      'more' in row ? MISSING : value(row)
  return [
    {
      id: 'status',
      heading: 'status',
      isName: true,
      value: ofRule(({ status }) => ({ kind: 'status', sign: SIGNS[status], status })),
      sort: (row) => ('more' in row ? '' : row.status),
    },
    { id: 'rule', heading: 'rule', only: 'programs', value: ofRule(({ rule }) => text(rule.kind)) },
    {
      id: 'name',
      heading: 'rule',
      isName: true,
      value: (row) => ('more' in row ? words(...row.more) : text(ruleName(row.rule))),
      sort: (row) => ('more' in row ? '' : ruleName(row.rule)),
    },
    {
      id: 'value',
      heading: 'value',
      only: 'programs',
      value: ofRule(({ rule, value }) => (value === undefined ? MISSING : measured(rule, value))),
      sort: (row) => ('more' in row ? 0 : (row.value ?? 0)),
    },
    { id: 'max', heading: 'max', only: 'programs', value: ofRule(({ rule }) => measured(rule, maxOf(rule))) },
    { id: 'note', heading: 'note', only: 'programs', value: ofRule(({ note }) => text(note)) },
    {
      id: 'contributors',
      heading: 'contributors',
      only: 'programs',
      value: ofRule(({ contributors }) => ({
        kind: 'names',
        names: contributors.map((some): NameCell => name(some.name)),
      })),
    },
    {
      id: 'measured',
      heading: 'measured',
      isName: true,
      remark: 'result',
      only: 'people',
      value: ofRule((result) => ({
        kind: 'lines',
        lines: [
          { phrases: [[...resultWords(result), ...marginWords(result)]], isProse: true },
          ...contributorLines(result, labelOf),
        ],
      })),
    },
  ]
}

/** What the rules are sorted by. */
export const CHECK_SORT_KEYS: readonly string[] = sortKeys(columnsOf((key) => key))

/** What a rule allows. */
export function maxOf(rule: Rule): number {
  if (rule.kind === 'forbid') return 0
  return rule.kind === 'noDuplicates' ? 1 : rule.max
}

function measured({ kind }: Rule, value: number): Cell {
  switch (kind) {
    case 'max':
      return bytes(value)
    case 'growth':
      return change(value)
    case 'growthPercent':
      return { kind: 'percent', percent: value }
    case 'forbid':
    case 'noDuplicates':
      return count(value)
  }
}

/** What `min` compares: bytes. Rules of other values have none. */
function sizeOf(row: Row): number {
  const isBytes = !('more' in row) && (row.rule.kind === 'max' || row.rule.kind === 'growth')
  return isBytes ? (row.value ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY
}

/** What we measured, against the limit: "402.3 MiB ≤ 480.0 MiB, 77.7 MiB below the limit". */
export function resultWords(result: CheckResult): Words {
  const { rule, status, value, note, contributors } = result
  if (status === 'skip' || status === 'unmeasured' || value === undefined) return [text(note)]
  const isWithin = status === 'pass'
  switch (rule.kind) {
    case 'max':
    case 'growth': {
      const isChange = rule.kind === 'growth'
      return [{ kind: 'measured', bytes: value, limit: rule.max, isChange, isWithin }]
    }
    case 'growthPercent': {
      const signed = (percent: number): Cell => ({ kind: 'percent', percent, isChange: true })
      return [signed(value), isWithin ? ' ≤ ' : ' > ', signed(rule.max)]
    }
    case 'forbid': {
      if (isWithin) return [text(note)]
      const sum = contributors.reduce((total, some) => total + some.bytes, 0)
      const why = [rule.reason ?? '', note].filter((part) => part !== '')
      return [
        ...plural(value, ...nounsOfKeys(contributors.flatMap(({ owner }) => owner ?? [])).brief),
        ', ',
        bytes(sum),
        ...why.flatMap((part): Words => ['; ', text(part)]),
      ]
    }
    case 'noDuplicates':
      return [text(note)]
  }
}

/** How far a size is below its limit, if that is of interest. */
function marginWords({ rule, status, value }: CheckResult): Words {
  if (rule.kind !== 'max' || status !== 'pass' || value === undefined || value === rule.max) return []
  return [', ', bytes(rule.max - value), ' below the limit']
}

const VERDICTS = {
  pass: 'within limits',
  fail: 'over the limits',
  unmeasured: 'not all could be measured',
} as const

function verdictOf({ verdict, results }: Check): Verdict {
  const status = { kind: 'status', sign: SIGNS[verdict], status: verdict } as const
  const sentence = [countsText(results)]
  if (isNothingMeasured(results)) {
    const says = [{ sign: 'error', text: 'nothing was measured' }] as const
    return { kind: 'verdict', status, word: 'NOTHING MEASURED', says, sentence }
  }
  // A broken rule shows up even if other rules could not be measured.
  const isBroken = verdict === 'unmeasured' && results.some((result) => result.status === 'fail')
  const says = (isBroken ? (['fail', verdict] as const) : [verdict]).map((each) => ({
    sign: SIGNS[each],
    text: VERDICTS[each],
  }))
  return { kind: 'verdict', status, says, sentence }
}

/** How many rules have which result: "2 passed, 1 failed, 1 skipped". */
function countsText(results: readonly CheckResult[]): string {
  const counted = (status: CheckResult['status']): number => results.filter((result) => result.status === status).length
  return [
    `${counted('pass')} passed`,
    `${counted('fail')} failed`,
    ...(counted('skip') === 0 ? [] : [`${counted('skip')} skipped`]),
    ...(counted('unmeasured') === 0 ? [] : [`${counted('unmeasured')} not measured`]),
  ].join(', ')
}

function sectionsOf(
  answer: Check,
  { image, diff }: CheckContext,
  columns: readonly Column<Row>[],
  choice: Choice,
): Section[] {
  const { results } = answer
  const shown = chosen<Row>(results, columns, choice, sizeOf)
  const large = choice.min > 0 ? results.filter((result) => sizeOf(result) >= choice.min).length : results.length
  const hidden = results.length - shown.length
  const by = showsAll(choice, shown.length, large, results.length)
  const more: Row[] = hidden === 0 ? [] : [{ more: ['[', ...plural(hidden, 'more rule'), `] ${by}`] }]
  const ofFile = ({ name: its, size }: ImageSummary): Words => [text(its), ', ', count(size), ' bytes']
  return [
    {
      title: ['Image size: ', bytes(image.size), ...(diff === undefined ? [] : [' (', ...growth(diff), ')'])],
      body: verdictOf(answer),
      hints: [ofFile(image), ...(diff === undefined ? [] : [['base: ', ...ofFile(diff.old)]])],
    },
    { body: { ...tableOf<Row>(columns, [...shown, ...more], (row) => 'more' in row), isList: true } },
    ...(diff === undefined || diff.rows.length === 0 ? [] : [whatChanged(diff)]),
  ]
}

function whatChanged(diff: Diff): Section {
  const choice = { min: 8192, top: 0, rebuilt: false, only: undefined, sort: 'delta' }
  return { title: ['What changed'], body: diffTable(diff, choice), folded: 'only' }
}
