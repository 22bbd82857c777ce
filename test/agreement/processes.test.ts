import { expect, it } from 'vitest'
import { COMMAND_LINES } from '../cli/command-lines.ts'
import { isoscope, isoscopeProcess } from '../cli/run.ts'

/** A command line of each command, the last one: by its first word, or by its image for a report. */
const ofEachCommand = new Map(COMMAND_LINES.map(([, ...args]) => [args[0]!, args]))

it.each([...ofEachCommand.values()].map((args) => [args.join(' '), args] as const))(
  'a process of its own prints what the thread of the tests does: %s',
  (_, args) => {
    // In a thread that has run other command lines.
    isoscope(['verify', 'mini-slim.iso', '-v'])
    const said = isoscopeProcess(args)
    expect(said.stdout.length).toBeGreaterThan(0)
    expect(isoscope(args)).toEqual(said)
  },
)
