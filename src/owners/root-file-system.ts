import type { FormatError } from '../../parsers/bytes/errors.ts'
import { oncePer } from '../../parsers/bytes/once-per.ts'
import type { OpenImage } from '../images/open-image.ts'
import { type LayerMarks, markLayers, OTHER_NAME, SHADOWED, SHOWN } from './layer-marks.ts'
import { type LayerStack, layerStacks } from './layer-stacks.ts'

/** The root file system of an installed system: one image, or several that lie on top of each other. */
export interface RootFileSystem {
  /** From the topmost one down. */
  readonly layers: readonly Layer[]
  /** What we cannot tell of how its layers hide each other. */
  readonly problems: readonly FormatError[]
}

/** An image of a root file system. */
export interface Layer {
  readonly open: OpenImage
  /** How other layers treat its entries; undefined for an image without layers above or below. */
  readonly marks: LayerMarks | undefined
}

/** The root file system that an image belongs to. */
export const rootOf: (open: OpenImage) => RootFileSystem = oncePer((open: OpenImage): RootFileSystem => {
  const { outer } = open
  const stack = outer === undefined || 'part' in outer ? undefined : layerStacks(outer.open).get(open)
  return stack === undefined ? { layers: [{ open, marks: undefined }], problems: [] } : rootOfStack(stack)
})

const rootOfStack = oncePer((stack: LayerStack): RootFileSystem => {
  const layers = [...stack].reverse()
  const { marks, problems } = markLayers(layers)
  return { layers: layers.map((open, layer) => ({ open, marks: marks[layer] })), problems }
})

/** The root file systems that an image is a layer of, its own one first. Some stacks have lower layers in common. */
export const rootsWith: (open: OpenImage) => readonly RootFileSystem[] = oncePer(
  (open: OpenImage): readonly RootFileSystem[] => {
    const { outer } = open
    const own = rootOf(open)
    if (outer === undefined || 'part' in outer) return [own]
    const others = [...new Set(layerStacks(outer.open).values())].filter((stack) => stack.includes(open))
    return [...new Set([own, ...others.map(rootOfStack)])]
  },
)

/**
 * How other layers treat the entries of an image; undefined if it has none. What one root file system hides and another
 * one shows is there for the other one.
 */
export const marksIn: (open: OpenImage) => LayerMarks | undefined = oncePer(
  (open: OpenImage): LayerMarks | undefined => {
    const [own, ...others] = rootsWith(open).map((root) => marksOf(root, open))
    if (own === undefined || others.length === 0) return own
    return own.map((mark, index) => {
      if (mark !== SHADOWED) return mark
      return others.map((marks) => marks![index]!).find((other) => other === SHOWN || other === OTHER_NAME) ?? mark
    })
  },
)

function marksOf({ layers }: RootFileSystem, open: OpenImage): LayerMarks | undefined {
  return layers.find((layer) => layer.open === open)?.marks
}

/** The layers that belong to a root file system and to no other one. */
export function ownLayers(root: RootFileSystem): readonly Layer[] {
  return root.layers.filter(({ open }) => rootOf(open) === root)
}
