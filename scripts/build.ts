/**
 * Bundles the command line and the library into dist/; the clouds' SDKs stay outside of it. Beside
 * them the library's declarations, and the schemas.
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, readFileSync, rmSync } from 'node:fs'
import { build } from 'esbuild'
import './generate-validators.ts'

const root = new URL('../', import.meta.url)
const path = (name: string) => new URL(name, root).pathname

rmSync(path('dist'), { recursive: true, force: true })
const manifest = JSON.parse(readFileSync(path('package.json'), 'utf8'))
await build({
  absWorkingDir: path('.'),
  entryPoints: { cli: 'src/cli.ts', index: 'src/index.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: `node${String(manifest.engines.node).replace(/[^0-9.]/g, '')}`,
  sourcemap: true,
  legalComments: 'none',
  packages: 'external',
})
chmodSync(path('dist/cli.js'), 0o755)
execFileSync(path('node_modules/.bin/tsc'), ['-p', path('tsconfig.build.json')], {
  stdio: 'inherit',
})
cpSync(path('src/schemas'), path('dist/schemas'), {
  recursive: true,
  filter: (name) => !/\.(ts|js)$/.test(name),
})
