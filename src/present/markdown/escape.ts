/**
 * Text from an image for a cell of a Markdown table: nothing in it is markup, HTML, a mention, or the end of the cell.
 * (CommonMark 2.4 backslash escapes; the pipe is GFM's.)
 */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/[\\`*_{}[\]()#+!|~$]/g, '\\$&')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/@/g, '&#64;')
}
