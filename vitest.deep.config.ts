import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/deep/**/*.test.ts'],
    globalSetup: ['test/faults/table.ts'],
    testTimeout: 600_000,
    env: { CASES: process.env.CASES ?? '10000' },
  },
})
