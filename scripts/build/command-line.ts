import type { BuildOptions } from 'esbuild'
import { plainWidths, withoutOtherOperations } from './plugins.ts'

/** Options for all bundles. */
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

/** Options for the bundles of the command line, which contain its dependencies. */
export const COMMAND_LINE = {
  // ES modules, so that unused code is removed: more than half of the EC2 client.
  mainFields: ['module', 'main'],
  plugins: [plainWidths, withoutOtherOperations],
  // Identifiers are not minified, because errors are recognized by their class names.
  minifySyntax: true,
  minifyWhitespace: true,
} satisfies BuildOptions

/** Defines `require` for bundled CommonJS modules. */
export const REQUIRE =
  "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);"

/** Defines `import.meta.url` in CommonJS. @param file an expression for the path of the script */
export const asCommonJs = (file: string) =>
  ({
    format: 'cjs',
    define: { 'import.meta.url': 'here' },
    banner: { js: `const here = require('node:url').pathToFileURL(${file}).href;` },
  }) as const satisfies BuildOptions
