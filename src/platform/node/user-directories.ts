import { homedir } from 'node:os'
import { posix, win32 } from 'node:path'

/** What decides where a program keeps the files of a user. */
export interface UserSystem {
  readonly platform: NodeJS.Platform
  readonly env: Readonly<Record<string, string | undefined>>
  /** Undefined for a user who does not exist. */
  readonly home: string | undefined
}

/** The system that we run on. */
export function thisSystem(): UserSystem {
  return { platform: process.platform, env: process.env, home: homeOfUser() }
}

function homeOfUser(): string | undefined {
  try {
    return homedir()
  } catch {
    return undefined
  }
}

/** What a directory is for: what we can find out again, or the user's own settings. */
export type DirectoryKind = 'cache' | 'config'

/** The variable of the XDG Base Directory Specification, and where each system has the directory without it. */
const PLACES = {
  cache: { variable: 'XDG_CACHE_HOME', linux: ['.cache'], mac: ['Library', 'Caches'] },
  config: { variable: 'XDG_CONFIG_HOME', linux: ['.config'], mac: ['Library', 'Application Support'] },
} as const
/** The variable of Windows, its place below the home, and the part of our own folder. */
const WINDOWS_PLACES = {
  cache: { variable: 'LOCALAPPDATA', below: ['AppData', 'Local'], part: ['Cache'] },
  config: { variable: 'APPDATA', below: ['AppData', 'Roaming'], part: [] },
} as const

/**
 * Our directory for one kind of files: `~/.cache/isoscope` on Linux, `~/Library/Caches/isoscope` on macOS,
 * `%LOCALAPPDATA%\isoscope\Cache` on Windows. The XDG variables apply on all systems.
 * @returns undefined for a user without a home
 */
export function userDirectory(kind: DirectoryKind, { platform, env, home }: UserSystem): string | undefined {
  const { join, isAbsolute } = platform === 'win32' ? win32 : posix
  // XDG Base Directory Specification: programs ignore a relative path.
  const known = (variable: string): string | undefined => {
    const value = env[variable] ?? ''
    return isAbsolute(value) ? value : undefined
  }
  const { variable, linux, mac } = PLACES[kind]
  const given = known(variable)
  if (given !== undefined) return join(given, 'isoscope')
  const inHome = home !== undefined && isAbsolute(home) ? home : undefined
  if (platform === 'win32') {
    const { below, part, ...windows } = WINDOWS_PLACES[kind]
    const base = known(windows.variable) ?? (inHome && join(inHome, ...below))
    return base && join(base, 'isoscope', ...part)
  }
  return inHome && join(inHome, ...(platform === 'darwin' ? mac : linux), 'isoscope')
}
