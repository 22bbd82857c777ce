import type { Check } from '../../analyses/check.ts'
import { nameOf } from '../../owners/names.ts'
import { maxOf } from '../../views/check.ts'
import { ruleName } from '../../views/rule-name.ts'
import { printable } from '../text/printable.ts'
import { imageJson, type NamedImage } from './image.ts'
import { jsonText } from './json-text.ts'
import { otherNamesJson } from './named.ts'
import { ownerFieldJson } from './owner.ts'

/** The results of a check, as JSON. */
export function checkJson({ verdict, results }: Check, image: NamedImage, base: NamedImage | undefined): string {
  return `${jsonText({
    schema: 'isoscope/check@2',
    verdict,
    image: imageJson(image),
    base: base === undefined ? null : imageJson(base),
    results: results.map(({ rule, status, value, note, contributors }) => ({
      status,
      rule: rule.kind,
      name: ruleName(rule),
      value: value ?? null,
      max: maxOf(rule),
      note,
      contributors: contributors.map(({ name, otherNames, bytes, owner, region, chain, option }) => ({
        name: printable(name),
        ...otherNamesJson(otherNames),
        bytes,
        ...(owner === undefined ? {} : ownerFieldJson(owner, '')),
        ...(region === undefined ? {} : { region: printable(region) }),
        ...(chain === undefined
          ? {}
          : { chain: chain.map((key) => printable(nameOf(key))), chainOwners: chain.map(printable) }),
        ...(option === undefined ? {} : { option }),
      })),
    })),
  })}\n`
}
