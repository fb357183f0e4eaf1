/**
 * Bundles the command line and the library into dist/; what others wrote stays outside of it, but
 * for what the quick commands need. Beside them the helps, the library's declarations, the schemas.
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type BuildOptions, build, type Plugin } from 'esbuild'
import './generate-validators.ts'
import { QUICK } from '../src/command-line/names.ts'
import { COMMANDS } from '../src/commands/index.ts'

const root = new URL('../', import.meta.url)
const path = (name: string) => new URL(name, root).pathname

rmSync(path('dist'), { recursive: true, force: true })
const manifest = JSON.parse(readFileSync(path('package.json'), 'utf8'))
const options = {
  absWorkingDir: path('.'),
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: `node${String(manifest.engines.node).replace(/[^0-9.]/g, '')}`,
  sourcemap: true,
  sourcesContent: false,
  legalComments: 'none',
  loader: { '.css': 'text', '.client.js': 'text' },
} as const satisfies BuildOptions

/** Takes node's own modules from the process: as imports they would evaluate all that they export. */
const builtins: Plugin = {
  name: 'builtins',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace: 'builtin' }))
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)})`,
    }))
  },
}

/** All that one quick command runs. */
function quickEntry(name: string) {
  const pattern = COMMANDS.find(({ command }) => command.startsWith(`${name} `))?.command
  return {
    resolveDir: path('src'),
    contents: `import { runQuickly } from './command-line/quick.ts'
      import { ${name}Command } from './commands/${name}.ts'
      export const run = (words) => runQuickly(${JSON.stringify(pattern)}, ${name}Command, words)`,
  }
}

await Promise.all([
  build({
    ...options,
    entryPoints: { main: 'src/main.ts', index: 'src/index.ts' },
    outdir: 'dist',
    splitting: true,
    packages: 'external',
  }),
  build({
    ...options,
    entryPoints: { cli: 'src/cli.ts' },
    outdir: 'dist',
    minify: true,
    plugins: [builtins],
  }),
  ...QUICK.map((name) =>
    build({
      ...options,
      stdin: quickEntry(name),
      outfile: `dist/quick/${name}.js`,
      minify: true,
      plugins: [builtins],
      external: ['diff', 'yocto-spinner'],
    }),
  ),
])
chmodSync(path('dist/cli.js'), 0o755)

mkdirSync(path('dist/help'))
for (const name of ['', ...COMMANDS.map(({ command }) => command.split(' ')[0] ?? '')]) {
  const words = [path('dist/cli.js'), name, '--help'].filter(Boolean)
  const text = execFileSync(process.execPath, words, { encoding: 'utf8' })
  writeFileSync(path(`dist/help/${name || 'stream-snapshot'}.txt`), text)
}

execFileSync(path('node_modules/.bin/tsc'), ['-p', path('tsconfig.build.json')], {
  stdio: 'inherit',
})
cpSync(path('src/schemas'), path('dist/schemas'), {
  recursive: true,
  filter: (name) => !/\.(ts|js)$/.test(name),
})
