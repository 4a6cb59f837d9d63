import { defineConfig } from 'vitest/config'

// Two projects: `unit` needs nothing but Node; `emulator` needs the emulators that `npm test` starts beforehand.
export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{core,functions,sdk,emulators,dev}/**/*.test.ts'],
          exclude: ['**/node_modules/**'],
          testTimeout: 20_000, // some lint or bundle the whole house
        },
      },
      {
        test: {
          name: 'emulator',
          maxWorkers: 3, // a good part of their time they wait: for locks of processes that died, for delays that are injected
          include: ['emulator-tests/**/*.test.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          expect: { poll: { timeout: 20_000 } }, // a busy machine takes its time, and whoever polls asks whether, not when
        },
      },
    ],
  },
})
