/**
 * Text that GitHub turns into links, mentions and pictures after it parsed the Markdown (GFM 6.9, and GitHub's own #12,
 * GH-12, @user and :name:). Each match ends where we insert a zero-width space. An entity or a backslash would not
 * help, because GitHub has resolved it by then.
 */
const AUTOLINKS = /@|#(?=\d)|\bGH-(?=\d)|www(?=\.)|:(?=\/\/)|\b(?:mailto|xmpp):|:(?=[\w\\+-]+:)/gi

/**
 * Escapes text from an image for a cell of a Markdown table. It then contains no markup, HTML, link or mention, and
 * cannot end the cell. (CommonMark 2.4 backslash escapes; the pipe is from GFM.)
 */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/\s*\n\s*/g, ' ')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/[\\`*_{}[\]()#+!|~$]/g, '\\$&')
    .replace(AUTOLINKS, '$&&#8203;')
}
