/**
 * Bundles the command line, with all that it needs of others, and the library, without, into dist/.
 * Beside them the helps, V8's code of the quick commands, the library's declarations, the schemas.
 */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type BuildOptions, build } from 'esbuild'
import fs from 'fs-extra'
import './build/validators.ts'
import { COMMANDS } from '../src/commands/index.ts'
import { QUICK } from '../src/commands/line/names.ts'
import { noticesOf } from './build/notices.ts'
import { builtins, withoutDetours, withoutOtherVersions } from './build/plugins.ts'

const root = fileURLToPath(new URL('../', import.meta.url))
const path = (name: string) => `${root}${name}`

fs.emptyDirSync(path('dist'))
const manifest = fs.readJsonSync(path('package.json'))
const options = {
  absWorkingDir: root,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: `node${String(manifest.engines.node).replace(/[^0-9.]/g, '')}`,
  sourcemap: true,
  sourcesContent: false,
  legalComments: 'none',
  loader: { '.css': 'text', '.client.js': 'text' },
} as const satisfies BuildOptions

/**
 * For what has to be there at once. CommonJS, as node spends a quarter of its own start on the loader
 * of ES modules.
 */
const QUICKLY = {
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  minify: true,
  plugins: [builtins, withoutDetours],
  define: { 'import.meta.dirname': '__dirname' },
} as const satisfies BuildOptions

/** All that one quick command runs. */
function quickEntry(name: string) {
  const pattern = COMMANDS.find(({ command }) => command.startsWith(`${name} `))?.command
  return {
    resolveDir: path('src'),
    contents: `import { runQuickly } from './commands/line/quick.ts'
      import { ${name}Command } from './commands/${name}.ts'
      export const run = (words) => runQuickly(${JSON.stringify(pattern)}, ${name}Command, words)`,
  }
}

const [{ metafile }] = await Promise.all([
  build({
    ...options,
    entryPoints: { main: 'src/main.ts' },
    outdir: 'dist',
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    // As ES modules, of which what is not used falls away: more than half of EC2's client.
    mainFields: ['module', 'main'],
    plugins: [withoutOtherVersions],
    // yargs reads files of its own; nobody draws on linkedom's canvas.
    external: ['yargs', 'canvas'],
    // Names stay, for errors are told by them.
    minifySyntax: true,
    minifyWhitespace: true,
    metafile: true,
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
    },
  }),
  build({
    ...options,
    entryPoints: { index: 'src/index.ts' },
    outdir: 'dist',
    splitting: true,
    chunkNames: 'library/[name]-[hash]',
    packages: 'external',
  }),
  build({ ...options, ...QUICKLY, entryPoints: { cli: 'src/cli.ts' }, outdir: 'dist' }),
  ...QUICK.map((name) =>
    build({
      ...options,
      ...QUICKLY,
      stdin: quickEntry(name),
      outfile: `dist/quick/${name}.cjs`,
      // A script and not a module: what loads it makes V8 take the code that it has of it.
      banner: { js: '(function (module) {' },
      footer: { js: '})' },
      external: ['yocto-spinner'],
    }),
  ),
])
fs.chmodSync(path('dist/cli.cjs'), 0o755)
fs.writeFileSync(path('dist/notices.txt'), noticesOf(root, Object.keys(metafile.inputs)))

const names = ['', ...COMMANDS.map(({ command }) => command.split(' ')[0] ?? '')]
await Promise.all([
  run(process.execPath, ['--import', 'tsx', path('scripts/build/code-cache.ts')]),
  run(process.execPath, [path('node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json']),
  ...names.map(async (name) => {
    const words = [path('dist/cli.cjs'), name, '--help'].filter(Boolean)
    const { stdout } = await run(process.execPath, words)
    await fs.outputFile(path(`dist/help/${name || 'stream-snapshot'}.txt`), stdout)
  }),
])
fs.copySync(path('src/core/schemas'), path('dist/schemas'), {
  filter: (name) => !/\.(ts|js)$/.test(name),
})

/** Runs a program in the package's folder; what it says is an error's message if it fails. */
function run(program: string, words: readonly string[]) {
  return promisify(execFile)(program, words, { cwd: root })
}
