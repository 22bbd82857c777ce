import type { Check } from '../../src/analyses/check.ts'
import type { Diff } from '../../src/analyses/diff.ts'
import type { Verification } from '../../src/analyses/verify.ts'
import { sectionsMarkdown } from '../../src/present/markdown/sections.ts'
import { sectionsText } from '../../src/present/text/sections.ts'
import type { TextStyle } from '../../src/present/text/style.ts'
import type { Unit } from '../../src/present/units.ts'
import { name } from '../../src/views/cell.ts'
import { checkView } from '../../src/views/check.ts'
import { type DiffChoice, type DiffPaths, diffView } from '../../src/views/diff.ts'
import { type ComparedFiles, fileDiffView } from '../../src/views/diff-files.ts'
import { verifyView } from '../../src/views/verify.ts'

// Answers as the command line draws them.

const ALL = { top: 0, sort: '', min: 0 }

export interface DrawnDiff extends Partial<DiffChoice> {
  readonly style: TextStyle
  readonly unit: Unit
  readonly paths: DiffPaths
}

function choiceOf({ min = 0, top = 0, rebuilt = true, only, sort = 'delta' }: Partial<DiffChoice>): DiffChoice {
  return { min, top, rebuilt, only, sort }
}

export function diffText(diff: Diff, options: DrawnDiff): string {
  const { style, unit, paths } = options
  return sectionsText(diffView(diff, paths, choiceOf(options)).sections(), { style, unit, fullPaths: false })
}

export function diffMarkdown(diff: Diff, options: Omit<DrawnDiff, 'style'>): string {
  const { unit, paths } = options
  const sections = diffView(diff, paths, choiceOf(options)).sections()
  return sectionsMarkdown(sections, { unit, fullPaths: false, version: '1', marker: 'isoscope diff' })
}

export function fileDiffText(compared: ComparedFiles, style: TextStyle): string {
  return sectionsText(fileDiffView(compared, { ...ALL, sort: 'path' }).sections(), {
    style,
    unit: 'iec',
    fullPaths: false,
  })
}

export function checkText(check: Check, style: TextStyle, unit: Unit): string {
  const image = {
    name: 'a.iso',
    size: 1,
    format: 'iso9660',
    volumeId: null,
    label: null,
    squashfs: [],
    owners: 0,
    packages: 0,
    complete: true,
  }
  return sectionsText(checkView(check, { image, diff: undefined }, ALL).sections(), { style, unit, fullPaths: false })
}

export function verifyText(verification: Verification, style: TextStyle, verbose: boolean): string {
  const view = verifyView(verification, { nameOf: (key) => name(key.slice(33)), verbose }, ALL)
  return sectionsText(view.sections(), { style, unit: 'iec', fullPaths: false })
}
