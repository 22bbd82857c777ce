import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { bashCompletion } from '../../src/cli/completion/bash.ts'
import { fishCompletion } from '../../src/cli/completion/fish.ts'
import { shownCommands } from '../../src/cli/completion/grammar.ts'
import { zshCompletion } from '../../src/cli/completion/zsh.ts'
import type { Definition } from '../../src/cli/definition.ts'
import { manPage } from '../../src/cli/man-page.ts'
import { BIN, IMAGES, isoscope } from '../cli/run.ts'
import { describeWith, mustRun, runTool } from '../oracle.ts'

/** Descriptions with what each language means something by. */
const TEXT = `it's "one" [of] (two): \`three\` $four \\five {six,7} %8 #9 & <10> | ~11 *12? .13 -- ünïcödé`
const ODD: Readonly<Record<string, Definition>> = {
  report: {
    describe: TEXT,
    group: 'look',
    examples: [["isoscope 'a b' -x | jq .", TEXT]],
    positionals: [
      { name: 'images', what: '', describe: `.${TEXT}`, required: true, variadic: true, completes: 'file' },
    ],
    options: {
      'some-thing': { type: 'string', alias: 's', choices: ['one', 'two'], default: 'one', describe: TEXT },
      other: { type: 'string', completes: 'storePath', describe: `'${TEXT}` },
      flag: { type: 'boolean', describe: TEXT },
    },
  },
  'odd-one': { describe: TEXT, group: 'more', examples: [], positionals: [], options: {} },
}

let work = ''
let env: Record<string, string> = {}
beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'isoscope-completion-'))
  mkdirSync(join(work, 'bin'))
  symlinkSync(BIN, join(work, 'bin/isoscope'))
  copyFileSync(join(IMAGES, 'mini.iso'), join(work, 'mini.iso'))
  const PATH = `${join(work, 'bin')}${delimiter}${process.env['PATH']}`
  env = {
    PATH,
    XDG_CACHE_HOME: join(work, 'cache'),
    XDG_CONFIG_HOME: join(work, 'config'),
    HOME: work,
    LC_ALL: 'C.UTF-8',
  }
  expect(isoscope(['refs', 'mini.iso', 'boost'], env, work).code).toBe(0)
})
afterAll(() => rmSync(work, { recursive: true, force: true }))

/** Writes a script, and returns its path. */
function script(name: string, text: string | Buffer): string {
  writeFileSync(join(work, name), text)
  return join(work, name)
}

/** Lines, each with the only word that completes it. */
const LINES: readonly (readonly [line: string, completed: string])[] = [
  ['che', 'check'],
  ['mini.iso --sor', '--sort'],
  ['mini.iso -n 3 --sort ret', 'retained'],
  ['ls mini.iso --tree jo', 'joliet'],
  ['check --config mi', 'mini.iso'],
  ['why mi', 'mini.iso'],
  ['why mini.iso boo', 'boost-1.87.0'],
  ['why -j 2 mini.iso bash -e boo', 'boost-1.87.0'],
  ['why mini.iso bash --to boo', 'boost-1.87.0'],
  ['diff mini.iso x boo', 'boost-1.87.0'],
  ['completion ba', 'bash'],
  ['help comp', 'completion'],
  ['-n 3 mi', 'mini.iso'],
]

describeWith(['fish'], 'fish', () => {
  it('completes lines', () => {
    const source = script('isoscope.fish', isoscope(['completion', 'fish']).stdout)
    mustRun('fish', ['--no-config', '-n', source], { env })
    mustRun('fish', ['--no-config', '-n', script('other.fish', fishCompletion(shownCommands(ODD)))], { env })
    const ask =
      'source $argv[1]; for line in $argv[2..-1]; complete -C "isoscope $line" | string collect; echo; echo ====; end'
    const said = mustRun('fish', ['--no-config', '-c', ask, source, ...LINES.map(([line]) => line)], { env, cwd: work })
    const found = said
      .toString()
      .split(/\n*====\n/)
      .slice(0, -1)
    expect(found.map((text) => text.split('\t')[0])).toEqual(LINES.map(([, completed]) => completed))
    expect(found[0]).toMatch(/^check\tcheck an image against limits/)
  })

  it('shows descriptions as they are', () => {
    const source = script('other.fish', fishCompletion(shownCommands(ODD)))
    const ask = 'source $argv[1]; complete -C "isoscope odd"; complete -C "isoscope --oth"'
    const said = mustRun('fish', ['--no-config', '-c', ask, source], { env, cwd: work })
    expect(said.toString()).toBe(`odd-one\t${TEXT}\n--other\t'${TEXT}\n`)
  })
})

describeWith(['zsh'], 'zsh', () => {
  /** Types a line and a tab in an interactive shell, and prints the line as it then is. */
  const TYPE = `
zmodload zsh/zpty
zpty -b shell zsh -f -i
zpty -w shell 'PS1= PROMPT_EOL_MARK=; unsetopt zle_bracketed_paste; autoload -Uz compinit; compinit -u -D; source '$1
zpty -w shell 'show() { print -r -- "<<$BUFFER>>"; BUFFER= }; zle -N show; bindkey "^X" show; bindkey "^I" complete-word; print re''ady'
shift
expect() { local out= piece; for i in {1..300}; do zpty -r -t shell piece && out+=$piece; [[ $out == *$~1* ]] && break; sleep 0.05; done; print -r -- $out }
expect ready >/dev/null
for line in $@; do
  zpty -w -n shell "isoscope $line"$'\\t\\x18'
  expect '<<*>>'
done
zpty -d shell
`
  it('completes lines', () => {
    const source = script('_isoscope', isoscope(['completion', 'zsh']).stdout)
    mustRun('zsh', ['-n', source], { env })
    mustRun('zsh', ['-n', script('odd.zsh', zshCompletion(shownCommands(ODD)))], { env })
    const type = script('type.zsh', TYPE)
    const said = mustRun('zsh', ['-f', type, source, ...LINES.map(([line]) => line)], { env, cwd: work, seconds: 120 })
    const found = [...said.toString().matchAll(/<<(.*?)>>/g)].map(([, line]) => line!.trimEnd().replace(/=$/, ''))
    expect(found).toEqual(LINES.map(([line, completed]) => `isoscope ${line.replace(/\S+$/, completed)}`))
  })
})

describeWith(['man'], 'man', () => {
  it('shows the page without a warning, and descriptions as they are', () => {
    const pages = [isoscopePage(), script('odd.1', manPage(shownCommands(ODD), '1.0-rc1'))]
    for (const page of pages) {
      const { code, stderr } = runTool('man', ['--warnings', '-E', 'UTF-8', '-l', '-Tutf8', '-Z', page], { env })
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    }
    const shown = mustRun('man', ['-E', 'UTF-8', '-l', pages[1]!], { env: { ...env, MANWIDTH: '1000', PAGER: 'cat' } })
    const text = shown.toString().replace(/ +/g, ' ')
    for (const each of [` .${TEXT}\n`, ` '${TEXT}\n`, ` ${TEXT}\n`, ` ${TEXT}: one, two; one by default\n`]) {
      expect(text).toContain(each)
    }
  })

  function isoscopePage(): string {
    return new URL('../../dist/isoscope.1', import.meta.url).pathname
  }
})

it('bash takes the script of any table', () => {
  mustRun('bash', ['-n', script('odd.bash', bashCompletion(shownCommands(ODD)))])
})
