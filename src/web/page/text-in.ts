/** The text in an element of the document, which is compressed with gzip, in base64. */
export async function textIn(id: string): Promise<string> {
  const packed = document.getElementById(id)?.textContent ?? ''
  const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0))
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))).text()
}
