import type { BuildOptions } from 'esbuild'
import { plainWidths, withoutOtherOperations } from './plugins.ts'

/** What every bundle is made with. */
export function bundleOptions(root: string, engines: string) {
  return {
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    target: `node${engines.replace(/[^0-9.]/g, '')}`,
    legalComments: 'none',
    loader: { '.css': 'text', '.client.js': 'text' },
  } as const satisfies BuildOptions
}

/** What the bundles of the command line are made with, all that it needs of others in them. */
export const COMMAND_LINE = {
  // As ES modules, of which what is not used falls away: more than half of EC2's client.
  mainFields: ['module', 'main'],
  plugins: [plainWidths, withoutOtherOperations],
  // Names stay, for errors are told by them.
  minifySyntax: true,
  minifyWhitespace: true,
} satisfies BuildOptions

/** `require` for what was CommonJS. */
export const REQUIRE =
  "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);"

/** `import.meta.url` in CommonJS. @param file an expression for the path of the script */
export const asCommonJs = (file: string) =>
  ({
    format: 'cjs',
    define: { 'import.meta.url': 'here' },
    banner: { js: `const here = require('node:url').pathToFileURL(${file}).href;` },
  }) as const satisfies BuildOptions
