/** Work that may still be done for what a hostile image has too much of; below 0, some was left undone. */
export interface WorkBudget {
  left: number
}
