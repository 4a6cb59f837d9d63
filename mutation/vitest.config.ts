// The fast tests of the decision core, for mutation runs: what kills a mutant at all kills it in milliseconds.
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: [
      'core/src/access/{decide,held,owners,roles}.test.ts',
      'core/src/access/{meaning,scenarios}/*.test.ts',
      'core/src/catalogue/{effective,permission-set}.test.ts',
      'mutation/*.test.ts',
    ],
    // Properties with thousands of runs and a new seed each time: `npm test` has them, `worlds.test.ts` stands in for them.
    testNamePattern: /^(?!.*in any world)/,
  },
})
