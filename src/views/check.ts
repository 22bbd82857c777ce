import type { Check, CheckResult } from '../analyses/check.ts'
import type { Rule } from '../analyses/rules.ts'
import { bytes, type Cell, change, count, MISSING, type NameCell, name, text } from './cell.ts'
import type { Column } from './column.ts'
import { linesOf, tableOf } from './section.ts'
import type { View } from './view.ts'

/** Whether an image keeps to the rules: a row for each rule. */
export function checkView(
  { results, verdict }: Check,
  image: string,
  nameOfRule: (rule: Rule) => string,
): View<CheckResult> {
  const columns = columnsOf(nameOfRule)
  return {
    sections: () => [
      { title: [text(image)], note: [VERDICTS[verdict]], body: linesOf() },
      { body: tableOf(columns, results) },
    ],
    rows: () => ({ columns, rows: results }),
  }
}

const VERDICTS = {
  pass: 'within limits',
  fail: 'over the limits',
  unmeasured: 'not all could be measured',
} as const

function columnsOf(nameOfRule: (rule: Rule) => string): readonly Column<CheckResult>[] {
  return [
    { id: 'status', heading: 'status', isName: true, value: ({ status }) => text(status) },
    { id: 'rule', heading: 'rule', only: 'programs', value: ({ rule }) => text(rule.kind) },
    { id: 'name', heading: 'rule', isName: true, value: ({ rule }) => text(nameOfRule(rule)) },
    {
      id: 'value',
      heading: 'value',
      value: ({ rule, value }) => (value === undefined ? MISSING : measured(rule, value)),
    },
    { id: 'limit', heading: 'limit', value: ({ rule }) => measured(rule, limitOf(rule)) },
    { id: 'note', heading: 'note', isName: true, value: ({ note }) => text(note) },
    {
      id: 'contributors',
      heading: 'contributors',
      isName: true,
      value: ({ contributors }) => ({ kind: 'names', names: contributors.map((some): NameCell => name(some.name)) }),
    },
  ]
}

/** What a rule allows. */
export function limitOf(rule: Rule): number {
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
