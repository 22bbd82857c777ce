/** An element that is in the page. */
export function byId<Wanted extends HTMLElement>(id: string): Wanted {
  return document.getElementById(id) as Wanted
}
