/** Copies a column to the front of a larger one, which it returns. */
export function grown<Column extends { set(values: Column): void }>(column: Column, larger: Column): Column {
  larger.set(column)
  return larger
}
