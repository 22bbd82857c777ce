import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, CDPSession, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startChromium } from '../../bench/pages.js'
import { isoscope } from '../cli/run.ts'
import { describeWith } from '../oracle.ts'

/** A node of the accessibility tree, which is all that a screen reader knows of a page. */
interface Node {
  readonly role: string
  readonly name: string
  readonly description: string
  readonly properties: Readonly<Record<string, unknown>>
}

describeWith(['chromium'], 'the page without eyes', () => {
  let work = ''
  let browser: Browser
  let page: Page
  let protocol: CDPSession
  beforeAll(async () => {
    work = mkdtempSync(join(tmpdir(), 'isoscope-reader-'))
    isoscope(['html', 'mini.iso', '-o', join(work, 'mini.html')])
    isoscope(['diff', 'mini.iso', 'mini-slim.iso', '-o', join(work, 'diff.html')])
    browser = await startChromium()
  })
  afterAll(async () => {
    await browser.close()
    rmSync(work, { recursive: true, force: true })
  })

  const open = async (name: string): Promise<void> => {
    page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
    await page.goto(pathToFileURL(join(work, name)).href)
    await page.waitForSelector('canvas[data-boxes]')
    protocol = await page.context().newCDPSession(page)
    await protocol.send('Accessibility.enable')
  }
  const tree = async () => (await protocol.send('Accessibility.getFullAXTree')).nodes
  type RawNode = Awaited<ReturnType<typeof tree>>[number]
  const nodeOf = ({ role, name, description, properties = [] }: RawNode): Node => ({
    role: String(role?.value),
    name: String(name?.value ?? ''),
    description: String(description?.value ?? ''),
    properties: Object.fromEntries(properties.map((each) => [each.name, each.value.value])),
  })
  const nodes = async (role: string): Promise<readonly Node[]> =>
    (await tree())
      .filter((node) => node.ignored === false)
      .map(nodeOf)
      .filter((node) => node.role === role)
  /** What is read out at the focus: the element, or what it says is active in it. */
  const focused = async (): Promise<readonly [focus: Node, active: Node | undefined]> => {
    const all = await tree()
    const raw = all.find(
      (node) =>
        node.role?.value !== 'RootWebArea' &&
        node.properties?.some(({ name, value }) => name === 'focused' && value.value === true) === true,
    )!
    const { relatedNodes } = raw.properties!.find(({ name }) => name === 'activedescendant')?.value ?? {}
    const active = all.find(
      ({ backendDOMNodeId: id }) => id !== undefined && id === relatedNodes?.[0]?.backendDOMNodeId,
    )
    return [nodeOf(raw), active === undefined ? undefined : nodeOf(active)]
  }
  const told = (): Promise<string | null> => page.locator('.told').textContent()
  /** Presses Tab until an element of a role has the focus, and gives the roles and names on the way. */
  const tabTo = async (role: string): Promise<readonly string[]> => {
    const way: string[] = []
    while (way.length < 60) {
      await page.keyboard.press('Tab')
      const [focus] = await focused()
      way.push(`${focus.role} ${focus.name}`)
      if (focus.role === role) return way
    }
    throw new Error(`no ${role} on the way: ${way.join(', ')}`)
  }

  it('leads from the search over the map and the panel to the table, and to what is removed', async () => {
    await open('mini.html')
    const way = await tabTo('listbox')
    expect(way).toEqual([
      'link Skip to the table',
      'searchbox Search names and paths',
      'radio Auto',
      'button mini.iso',
      'radio place',
      'radio kind',
      'listbox Treemap of mini.iso, 2.0 MiB',
    ])
    const further = await tabTo('row')
    expect(further.filter((each) => each.startsWith('button Pretend cut: ')).length).toBeGreaterThan(2)
    // No two buttons that do different things have one name.
    const pretending = further.filter((each) => each.startsWith('button Pretend'))
    expect(new Set(pretending).size).toBe(pretending.length)
    expect(further.at(-1)).toMatch(/^row nixos-manual-html 115\.1 KiB 5\.6%/)
    await page.keyboard.press('Space')
    expect(await tabTo('button')).toEqual(['button put back nixos-manual-html'])
  })

  it('reads the name and the sizes of the box that the map is at, and the way that keys go', async () => {
    await open('mini.html')
    await page.locator('.map').focus()
    const at = async (): Promise<string | undefined> => {
      const [focus, active] = await focused()
      expect([focus.role, active?.role, active?.properties['selected']]).toEqual(['listbox', 'option', true])
      return active?.name
    }
    expect(await at()).toBe('[ISO9660]: 976.0 KiB, 47.7%')
    expect((await focused())[0].description).toMatch(/^Arrow keys go from box to box, Enter opens a box/)
    await page.keyboard.press('ArrowRight')
    const store = await at()
    expect(store).toMatch(/^nix-store\.squashfs: 868\.0 KiB, 42\.4%, 6\.5 MiB unpacked$/)
    await page.keyboard.press('Enter')
    expect((await focused())[0].name).toBe('Treemap of nix-store.squashfs, 868.0 KiB')
    const all = (await nodes('option')).map(({ name }) => name)
    expect(await at()).toBe(all[0])
    await page.keyboard.press('End')
    expect(await at()).toBe(all.at(-1))
    await page.keyboard.press('Escape')
    expect(await at()).toBe(store)
    expect(await nodes('canvas')).toEqual([])
  })

  it('says how the table is sorted, and what the running total is', async () => {
    await open('mini.html')
    const sorts = (): Promise<(string | null)[]> =>
      page.locator('[role=columnheader]').evaluateAll((heads) => heads.map((head) => head.getAttribute('aria-sort')))
    expect((await sorts()).filter((sort) => sort === 'descending')).toHaveLength(1)
    await page.locator('.of-retained button').focus()
    await page.keyboard.press('Enter')
    expect((await focused())[0]).toMatchObject({ role: 'button', name: expect.stringContaining('Retained') })
    expect(await told()).toBe('Sorted by retained, largest first.')
    await page.keyboard.press('Enter')
    expect(await told()).toBe('Sorted by retained, smallest first.')
    expect((await sorts()).filter((sort) => sort === 'ascending')).toHaveLength(1)
    const [grid] = await nodes('grid')
    expect(grid!.name).toBe('store paths')
    await page.locator('[role=row][tabindex="0"]').focus()
    await page.keyboard.press('Space')
    expect(await told()).toMatch(/^2\.0 MiB → ≈ .* less, .* bytes\)\. 1 store path goes\.$/)
    const [row] = await focused()
    expect(row.name).toContain(', goes')
    await page.keyboard.press('Control+z')
    expect(await told()).toBe('Nothing is removed.')
    expect((await nodes('status')).every(({ properties }) => properties['live'] === 'polite')).toBe(true)
  })

  it('has headings for what the panel says, and keeps the focus where a reader presses', async () => {
    await open('mini.html')
    await page.locator('.name[title="nix-2.31.2"]').click()
    const headings = (await nodes('heading')).map(({ name, properties }) => `${properties['level']} ${name}`)
    expect(headings).toEqual(
      expect.arrayContaining([
        '1 mini.iso',
        '2 nix-2.31.2',
        '3 Shortest chain',
        '3 What a cut frees',
        '3 Pulled in by 1',
      ]),
    )
    expect(headings.indexOf('2 nix-2.31.2')).toBeLessThan(headings.indexOf('3 Shortest chain'))
    const panel = page.locator('.panel')
    const isLost = (): Promise<boolean> => page.evaluate('document.activeElement === document.body')
    await panel.getByRole('button', { name: 'Pretend removed: nix-2.31.2' }).focus()
    await page.keyboard.press('Enter')
    expect((await focused())[0].name).toBe('Put back: nix-2.31.2')
    // A name leads to another selection, whose heading is read.
    await panel.locator('.owners button').first().focus()
    await page.keyboard.press('Enter')
    const [heading] = await focused()
    expect([heading.role, heading.name]).not.toEqual(['heading', 'nix-2.31.2'])
    expect(heading.role).toBe('heading')
    for (const press of [
      panel.getByRole('button', { name: 'Open' }),
      page.locator('.crumbs button').first(),
      page.locator('.chips button'),
    ]) {
      await press.focus()
      await page.keyboard.press('Enter')
      expect(await isLost()).toBe(false)
    }
    expect(await page.locator('.removal').isHidden()).toBe(true)
  })

  it('reads what changed between two images', async () => {
    await open('diff.html')
    await page.locator('.map').focus()
    const [focus, active] = await focused()
    expect(focus.name).toBe('Treemap of mini.iso → mini-slim.iso, 1.1 MiB of changes')
    expect(active!.name).toMatch(/^Gone: 578\.9 KiB, /)
    expect((await nodes('heading')).map(({ name }) => name)).toContain('mini.iso → mini-slim.iso')
  })
})
