import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { mustRun, type Output } from '../oracle.ts'

/** Nix with a store of its own in a folder: no daemon, no network, no configuration but this. */
export class Nix {
  /** Where store paths are put. */
  readonly store: string
  readonly #folder: string
  readonly #env: Record<string, string>

  constructor(folder: string) {
    this.#folder = folder
    this.store = join(folder, 'nix', 'store')
    const home = join(folder, 'home')
    mkdirSync(home, { recursive: true })
    this.#env = {
      PATH: process.env['PATH'] ?? '',
      LC_ALL: 'C',
      HOME: home,
      XDG_CACHE_HOME: home,
      NIX_CONF_DIR: home,
      NIX_USER_CONF_FILES: '',
      NIX_CONFIG: 'build-users-group =\nsubstitute = false\nsubstituters =\nexperimental-features = nix-command',
    }
  }

  /** Registers paths that were put into the store. */
  load(registration: string): void {
    // `mustRun` adds what the tests' environment has, which must not reach Nix.
    const env = Object.entries(this.#env).map(([name, value]) => `${name}=${value}`)
    const command = ['nix-store', '--store', this.#folder, '--load-db']
    mustRun('env', ['-i', ...env, ...command], { input: Buffer.from(registration) })
  }

  /** Runs `tool` with its arguments on the store. */
  run(tool: 'nix' | 'nix-store', args: readonly string[]): Promise<Output> {
    return new Promise((resolve, reject) => {
      const child = spawn(tool, [...args, '--store', this.#folder], {
        env: this.#env,
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: 60_000,
      })
      const out: Buffer[] = []
      const told: Buffer[] = []
      child.stdout.on('data', (piece: Buffer) => out.push(piece))
      child.stderr.on('data', (piece: Buffer) => told.push(piece))
      child.on('error', reject)
      child.on('close', (code) => {
        resolve({ code, stdout: Buffer.concat(out), stderr: Buffer.concat(told).toString() })
      })
    })
  }
}

/** Does something with each item, two at a time; the first failure ends it. */
export async function twoAtATime<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const left = [...items].reverse()
  const worker = async (): Promise<void> => {
    for (let item = left.pop(); item !== undefined; item = left.pop()) {
      try {
        await work(item)
      } catch (error) {
        left.length = 0
        throw error
      }
    }
  }
  for (const result of await Promise.allSettled([worker(), worker()])) {
    if (result.status === 'rejected') throw result.reason
  }
}
