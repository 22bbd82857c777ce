/**
 * A glob over names as an expression: * stands for any characters, ? for one, [a-z] and [!a-z] for one of a set; all else
 * for itself.
 */
export function globExpression(glob: string): RegExp {
  let source = ''
  for (let at = 0; at < glob.length; at += 1) {
    const character = glob[at]!
    const end = character === '[' ? glob.indexOf(']', at + 2) : -1
    if (character === '*') source += '.*'
    else if (character === '?') source += '.'
    else if (end > 0) {
      const set = glob.slice(at + 1, end).replace(/[\\\]^]/g, '\\$&')
      source += set.startsWith('!') ? `[^${set.slice(1)}]` : `[${set}]`
      at = end
    } else source += character.replace(/[\\^$.|?*+()[\]{}/]/, '\\$&')
  }
  return new RegExp(`^${source}$`, 's')
}
