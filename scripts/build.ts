/**
 * Writes dist/: the command line with its dependencies, the library without them, its type
 * declarations, the schemas, and the licenses of the bundled packages.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type BuildOptions, build, type Plugin } from 'esbuild'
import fs from 'fs-extra'
import './build/validators.ts'
import { asCommonJs, bundleOptions, COMMAND_LINE, REQUIRE } from './build/command-line.ts'
import { getNotices } from './build/notices.ts'
import { chooseBundle, LAZY, OWN_BUNDLE, onlyCommand, withoutCapture } from './build/plugins.ts'

const root = fileURLToPath(new URL('../', import.meta.url))
const path = (name: string) => `${root}${name}`

fs.emptyDirSync(path('dist'))
const manifest = fs.readJsonSync(path('package.json'))
const options = {
  ...bundleOptions(root, manifest.engines.node),
  format: 'esm',
  sourcemap: true,
  sourcesContent: false,
} as const satisfies BuildOptions

/** Builds commands that load no SDK. */
function offline(entryPoints: Record<string, string>, ...plugins: Plugin[]) {
  return build({
    ...options,
    ...COMMAND_LINE,
    ...asCommonJs('__filename'),
    entryPoints,
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
    // Uses `require`, because the loader of ES modules starts slowly.
    supported: { 'dynamic-import': false },
    plugins: [...COMMAND_LINE.plugins, withoutCapture, ...plugins],
  })
}

const [{ metafile }] = await Promise.all([
  build({
    ...options,
    entryPoints: { main: 'src/main.ts' },
    outdir: 'dist',
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    ...COMMAND_LINE,
    metafile: true,
    banner: { js: REQUIRE },
  }),
  build({
    ...options,
    entryPoints: { index: 'src/index.ts', workspace: 'src/workspace.ts' },
    outdir: 'dist',
    splitting: true,
    chunkNames: 'library/[name]-[hash]',
    packages: 'external',
  }),
  offline({ offline: 'src/main.ts', ...Object.fromEntries(LAZY.map((each) => [each, each])) }),
  ...OWN_BUNDLE.map((name) => offline({ [name]: 'src/main.ts' }, onlyCommand(name))),
  // The bin is CommonJS, because loading the ES module loader takes a quarter of node's start-up
  // time.
  build({
    ...options,
    entryPoints: { cli: 'src/cli.ts' },
    outdir: 'dist',
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    minify: true,
    plugins: [chooseBundle],
  }),
])
fs.chmodSync(path('dist/cli.cjs'), 0o755)
// Imported after the validators are written, because the commands import the validators.
const { manualPage } = await import('./build/man.ts')
fs.writeFileSync(path('dist/stream-snapshot.1'), manualPage())
fs.writeFileSync(path('dist/notices.txt'), getNotices(root, Object.keys(metafile.inputs)))

// The compiler prints its own errors.
const compiler = [path('node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json']
const { status } = spawnSync(process.execPath, compiler, { cwd: root, stdio: 'inherit' })
if (status !== 0) process.exit(1)
fs.copySync(path('src/core/schemas'), path('dist/schemas'), {
  filter: (name) => !/\.(ts|js)$/.test(name),
})
