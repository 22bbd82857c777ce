import { defineConfig } from 'vitest/config'

/** Tests that compare with other programs, and long damage loops: each is a suite, in a folder of its own. */
const AGREEMENT = 'test/agreement/**/*.test.ts'
const HOSTILE = 'test/hostile/**/*.test.ts'
/** Tests in a real browser. */
const BROWSER = 'test/browser/**/*.test.ts'

const common = { testTimeout: 60_000, hookTimeout: 120_000, setupFiles: ['test/setup.ts'] }

export default defineConfig({
  test: {
    globalSetup: ['test/build.ts'],
    // By default one core is left idle, which is half of a small machine.
    maxWorkers: '100%',
    projects: [
      // Files share what they import: to load it anew for each takes a third of the time.
      {
        test: {
          ...common,
          name: 'fast',
          include: ['test/**/*.test.ts'],
          exclude: [AGREEMENT, HOSTILE, BROWSER],
          isolate: false,
        },
      },
      { test: { ...common, name: 'agreement', include: [AGREEMENT] } },
      { test: { ...common, name: 'hostile', include: [HOSTILE] } },
      { test: { ...common, name: 'browser', include: [BROWSER] } },
    ],
  },
})
