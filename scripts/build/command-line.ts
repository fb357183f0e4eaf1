import type { BuildOptions } from 'esbuild'
import { plainWidths, withoutOtherOperations } from './plugins.ts'

/** The options of every bundle. */
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

/** The options of the bundles of the command line, which contain its dependencies. */
export const COMMAND_LINE = {
  // Unused code of ES modules is removed: more than half of EC2's client.
  mainFields: ['module', 'main'],
  plugins: [plainWidths, withoutOtherOperations],
  // Not identifiers, because errors are identified by the names of their classes.
  minifySyntax: true,
  minifyWhitespace: true,
} satisfies BuildOptions

/** Defines `require` for bundled CommonJS modules. */
export const REQUIRE =
  "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);"

/** `import.meta.url` in CommonJS. @param file an expression for the path of the script */
export const asCommonJs = (file: string) =>
  ({
    format: 'cjs',
    define: { 'import.meta.url': 'here' },
    banner: { js: `const here = require('node:url').pathToFileURL(${file}).href;` },
  }) as const satisfies BuildOptions
