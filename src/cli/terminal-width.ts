/** The columns of a terminal whose width we do not know. */
const DEFAULT_WIDTH = 80

/** The width of a terminal. One without a size, as in `docker run -t` or on a serial line, says 0. */
export function widthOf({ columns }: { readonly columns?: number | undefined }): number {
  return columns === undefined || columns === 0 ? DEFAULT_WIDTH : columns
}
