import type { FormatError } from '../../parsers/bytes/errors.ts'
import { oncePer } from '../../parsers/bytes/once-per.ts'
import type { OpenImage } from '../images/open-image.ts'
import { type LayerMarks, markLayers } from './layer-marks.ts'
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

/** How other layers treat the entries of an image; undefined if it has none. */
export function marksIn(open: OpenImage): LayerMarks | undefined {
  return rootOf(open).layers.find((layer) => layer.open === open)?.marks
}

/** The layers that belong to a root file system and to no other one: some stacks have lower layers in common. */
export function ownLayers(root: RootFileSystem): readonly Layer[] {
  return root.layers.filter(({ open }) => rootOf(open) === root)
}
