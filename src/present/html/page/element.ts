/** Makes an element. Texts become text nodes, never markup. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  made.append(...children)
  return made
}

/** A button that does something. */
export function button(
  label: string,
  onPress: () => void,
  attributes: Readonly<Record<string, string>> = {},
): HTMLButtonElement {
  const made = element('button', { type: 'button', ...attributes }, label)
  made.addEventListener('click', onPress)
  return made
}

/** What can have the focus. */
const FOCUSABLE = 'button, summary, [tabindex]'

/** Replaces what is in an area. If the focus is in it, it stays at the same place; to lose it would lead to the top of the page. */
export function replaceIn(area: HTMLElement, content: readonly Node[]): void {
  const at = [...area.querySelectorAll(FOCUSABLE)].indexOf(document.activeElement!)
  area.replaceChildren(...content)
  if (at < 0) return
  const now = [...area.querySelectorAll<HTMLElement>(FOCUSABLE)]
  now[Math.min(at, now.length - 1)]?.focus({ preventScroll: true })
}

/** A name from an image. It keeps its direction to itself. */
export function nameText(text: string): HTMLElement {
  return element('bdi', {}, text)
}

/** Values, each behind its word. */
export function factList(facts: readonly (readonly [term: string, text: string])[]): HTMLElement {
  return element(
    'dl',
    {},
    ...facts.flatMap(([term, text]) => [element('dt', {}, term), element('dd', {}, nameText(text))]),
  )
}

/** A choice of few, as a group of radio buttons that look like one switch. */
export function choice<Value extends string>(
  legend: string,
  options: readonly (readonly [value: Value, label: string])[],
  chosen: Value,
  onChoice: (value: Value) => void,
): HTMLFieldSetElement {
  const name = `choice-${legend.toLowerCase().replaceAll(/\W+/g, '-')}`
  const group = element('fieldset', { class: 'choice' }, element('legend', {}, legend))
  for (const [value, label] of options) {
    const input = element('input', { type: 'radio', name, value, id: `${name}-${value}` })
    input.checked = value === chosen
    input.addEventListener('change', () => onChoice(value))
    group.append(input, element('label', { for: input.id }, label))
  }
  return group
}
