import type { Grouping } from '../../../analyses/grouping.ts'
import type { PageColumn } from './columns.ts'
import type { PageState, Tab, View } from './page-state.ts'
import type { Palette } from './palette.ts'
import type { Removed } from './removal.ts'
import type { Found } from './search.ts'
import type { Tree } from './tree.ts'

/** A row of any table of a page. */
export interface Row {
  /** The node of the shown tree; -1 if it stands for none. */
  readonly node: number
  /** The number of the owner; -1 if it is none. */
  readonly owner: number
  readonly name: string
  /** Whether it is what is left beside all other rows. */
  readonly isAside?: true
}

export interface TableOf<Row> {
  readonly label: string
  readonly columns: readonly PageColumn<Row>[]
  /** In no order. */
  readonly rows: readonly Row[]
}

/** A part of the legend: a colour, what it means, and the bytes that have it. */
export interface LegendEntry {
  readonly colour: string
  readonly label: string
  /** NaN for a scale. */
  readonly bytes: number
}

/** What the panel may ask for. */
export interface PanelActions {
  /** Whether there is more to see of the selected node than the map shows. */
  readonly canOpen: boolean
  selectOwner(owner: number): void
  /** Shows an owner in another document, by its number there. */
  showIn(document: number, owner: number): void
  open(node: number): void
  toggleRemoved(removed: Removed): void
  isRemoved(removed: Removed): boolean
}

/** A document as a page shows it. */
export interface DocumentView {
  readonly name: string
  /** "136.0 MiB · 142,606,336 bytes". */
  readonly sizeText: string
  readonly facts: readonly string[]
  readonly warnings: readonly string[]
  /** Whether all of it could be read. If not, the warnings are open. */
  readonly isWhole: boolean
  readonly views: readonly (readonly [View, string])[]
  readonly tabs: readonly (readonly [Tab, string])[]
  readonly colours: readonly (readonly [PageState['colour'], string])[]
  treeOf(view: View): Tree
  /** The size of a node of a tree, in words. */
  sizeOf(node: number, tree: Tree): string
  label(view: View, node: number): string
  /** The node of an owner in a tree; -1 if it has none. */
  nodeOfOwner(view: View, owner: number): number
  table(state: PageState, top: number, found: Found | undefined): TableOf<Row>
  colourOf(state: PageState, palette: Palette): (node: number) => string
  legend(state: PageState, palette: Palette): readonly LegendEntry[]
  panel(view: View, node: number, actions: PanelActions): readonly Node[]
  /** What stands in place of the table under the tab of advice. */
  advice?(actions: PanelActions): Node
  /** The view that has the nodes of the list of files, while another one is shown. */
  filesView(view: View): View
  /** The view and the tab that a grouping begins with. Absent if there is one view and one tab. */
  beginBy?(by: Grouping): { readonly view: View; readonly tab: Tab }
  /** The column that a table is sorted by at first, largest first. */
  readonly usualSort: string
  readonly canRemove: boolean
}
