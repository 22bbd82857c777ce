/**
 * What GitHub makes links, mentions and pictures of after a text is parsed (GFM 6.9, and its own #12, GH-12, @user and
 * :name:), up to where it is broken by a space of no width: an entity or a backslash for the character is undone by then.
 */
const AUTOLINKS = /@|#(?=\d)|\bGH-(?=\d)|www(?=\.)|:(?=\/\/)|\b(?:mailto|xmpp):|:(?=[\w\\+-]+:)/gi

/**
 * Text from an image for a cell of a Markdown table: nothing in it is markup, HTML, a link, a mention, or the end of the
 * cell. (CommonMark 2.4 backslash escapes; the pipe is GFM's.)
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
