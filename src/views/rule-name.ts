import type { Rule, Subject } from '../analyses/rules.ts'

/** The name of a rule: "image growth", "forbid *-dev". */
export function ruleName(rule: Rule): string {
  switch (rule.kind) {
    case 'max':
      return subjectName(rule.subject)
    case 'growth':
    case 'growthPercent':
      return `${subjectName(rule.subject)} growth`
    case 'forbid':
      return `forbid ${rule.match}`
    case 'noDuplicates':
      return `duplicates ${rule.name}`
  }
}

function subjectName(subject: Subject): string {
  return subject.kind === 'paths' ? subject.name : subject.kind
}
