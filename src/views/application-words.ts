import type { Application } from '../inventory/applications/application.ts'
import { bytes, count, text, type Words } from './cell.ts'

/** How many images of a bundle we name. */
const MAX_IMAGES = 5

/** What an application is, in phrases of a line: "snap hello 2.10", "app on core20", "amd64". */
export function applicationPhrases(application: Application | undefined): readonly Words[] {
  if (application === undefined) return []
  const { kind, name, version, type, basedOn, format, build, architecture, desktopFile, icon } = application
  const made = kind === 'snap' ? 'on ' : 'from '
  return [
    [kind, ...[name, version].flatMap((its) => (its === undefined ? [] : [' ', text(its)]))],
    ...phrase('', type),
    ...phrase(made, basedOn),
    ...phrase('format ', format),
    ...phrase('build ', build),
    ...phrase('', architecture),
    ...phrase('', desktopFile),
    ...phrase('icon ', icon),
    ...imagePhrases(application),
  ]
}

function phrase(before: string, value: string | undefined): readonly Words[] {
  return value === undefined ? [] : [[before, text(value)]]
}

function imagePhrases({ images = [] }: Application): readonly Words[] {
  const named = images.slice(0, MAX_IMAGES).map(({ slot, size }): Words => {
    return [text(slot), ' image', ...(size === undefined ? [] : [' of ', bytes(size)])]
  })
  const more = images.length - MAX_IMAGES
  return more > 0 ? [...named, ['and ', count(more), ' more images (--json has all)']] : named
}
