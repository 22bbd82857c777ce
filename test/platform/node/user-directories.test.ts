import { homedir } from 'node:os'
import { expect, it } from 'vitest'
import { thisSystem, type UserSystem, userDirectory } from '../../../src/platform/node/user-directories.ts'

const LINUX: UserSystem = { platform: 'linux', env: {}, home: '/home/a' }
const MAC: UserSystem = { platform: 'darwin', env: {}, home: '/Users/a' }
const WINDOWS: UserSystem = { platform: 'win32', env: {}, home: 'C:\\Users\\a' }

it.each<[UserSystem, string | undefined, string | undefined]>([
  [LINUX, '/home/a/.cache/isoscope', '/home/a/.config/isoscope'],
  [{ ...LINUX, env: { XDG_CACHE_HOME: '/c', XDG_CONFIG_HOME: '/d' } }, '/c/isoscope', '/d/isoscope'],
  [
    { ...LINUX, env: { XDG_CACHE_HOME: 'c', XDG_CONFIG_HOME: '' } },
    '/home/a/.cache/isoscope',
    '/home/a/.config/isoscope',
  ],
  [{ ...LINUX, home: undefined }, undefined, undefined],
  [{ ...LINUX, home: '' }, undefined, undefined],
  [{ ...LINUX, platform: 'freebsd' }, '/home/a/.cache/isoscope', '/home/a/.config/isoscope'],
  [MAC, '/Users/a/Library/Caches/isoscope', '/Users/a/Library/Application Support/isoscope'],
  [{ ...MAC, env: { XDG_CACHE_HOME: '/c' } }, '/c/isoscope', '/Users/a/Library/Application Support/isoscope'],
  [WINDOWS, 'C:\\Users\\a\\AppData\\Local\\isoscope\\Cache', 'C:\\Users\\a\\AppData\\Roaming\\isoscope'],
  [{ ...WINDOWS, env: { LOCALAPPDATA: 'D:\\l', APPDATA: 'D:\\r' } }, 'D:\\l\\isoscope\\Cache', 'D:\\r\\isoscope'],
  [{ ...WINDOWS, env: { LOCALAPPDATA: 'l' }, home: undefined }, undefined, undefined],
])('%j keeps the files of a user by its custom', (system, cache, config) => {
  expect([userDirectory('cache', system), userDirectory('config', system)]).toEqual([cache, config])
})

it('knows this system', () => {
  expect(thisSystem()).toEqual({ platform: process.platform, env: process.env, home: homedir() })
})
