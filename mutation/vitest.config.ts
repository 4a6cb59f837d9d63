// The fast part of the tests, for mutation runs: whatever kills a mutant of the decision core in milliseconds.
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: [
      'core/src/access/{decide,held,owners}.test.ts',
      'core/src/catalogue/{effective,permission-set}.test.ts',
    ],
  },
})
