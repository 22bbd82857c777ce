import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import type { Holding, Report } from '../../analyses/report.ts'
import { printable } from '../text/printable.ts'
import { named } from './named.ts'

/** Name and version of the shape that `reportJson` writes; described by schemas/report.json. */
const REPORT_SCHEMA = 'isoscope/report@1'

/** The report as JSON, in pieces: an image of many files has as many accounts, and its text need not stand in memory. */
export function* reportJson(report: Report): Generator<string> {
  const { image, references } = report
  const head = {
    schema: REPORT_SCHEMA,
    image: {
      ...image,
      volumeId: image.volumeId === null ? null : printable(image.volumeId),
      squashfs: image.squashfs.map((squashfs) => ({ ...squashfs, path: printable(squashfs.path) })),
    },
    regions: report.regions.map((region) => ({ ...region, ...named('name', region.name) })),
    references: references?.origin ?? null,
    roots:
      references?.roots.map(({ path, reason, files }) => ({
        path: full(path),
        reason,
        files: files?.map(printable),
      })) ?? [],
    bestCuts:
      references?.bestCuts.map(({ from, to, bytes }) => ({ from: full(from), to: full(to), frees: bytes })) ?? [],
  }
  yield `${JSON.stringify(head).slice(0, -1)},\n"accounts":[`
  yield* rows(report.accounts, ({ kind, name, region, own, unpacked, files, storePath }) => ({
    kind,
    ...named(kind === 'storePath' || kind === 'file' ? 'path' : 'name', name),
    ...(storePath === undefined ? {} : { storePath: `/nix/store/${storePath}` }),
    region: printable(region),
    own,
    unpacked,
    files,
  }))
  yield '],\n"storePaths":['
  yield* rows(report.storePaths, (row) => ({
    ...row,
    ...holdingJson(references?.holdings.get(row.path.slice(STORE.length))),
    ownByRegion: Object.fromEntries(Object.entries(row.ownByRegion).map(([region, own]) => [printable(region), own])),
  }))
  yield `],\n"warnings":${JSON.stringify(report.warnings)}}\n`
}

const STORE = '/nix/store/'
const full = (base: ByteString): string => STORE + printable(base)

function holdingJson(holding: Holding | undefined): object {
  if (holding === undefined) return {}
  const { retained, closure, reached, referrers } = holding
  return { retained, closure, reached, referrers: referrers.map(full) }
}

function* rows<T>(items: readonly T[], toJson: (item: T) => object): Generator<string> {
  let text = ''
  for (const [index, item] of items.entries()) {
    text += `${index === 0 ? '\n' : ',\n'}${JSON.stringify(toJson(item))}`
    if (text.length > 1 << 16) {
      yield text
      text = ''
    }
  }
  yield text
}
