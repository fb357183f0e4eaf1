import { basename } from 'node:path'
import type { Plugin } from 'esbuild'

/** Leaves what the way in loads later where it is: a module beside it. */
export const beside: Plugin = {
  name: 'beside',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/.*\.ts$/ }, ({ path, kind }) =>
      kind === 'dynamic-import'
        ? { path: path.replace(/\.ts$/, '.js'), external: true }
        : undefined,
    )
  },
}

/**
 * Takes the width of plain text without string-width's tables, whose one regular expression for emoji
 * takes V8 longer to compile than a short command takes to run.
 */
export const plainWidths: Plugin = {
  name: 'plain widths',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^string-width$/ }, ({ path, namespace, resolveDir }) =>
      namespace === 'plain-width'
        ? undefined
        : { path, namespace: 'plain-width', pluginData: resolveDir },
    )
    onLoad({ filter: /.*/, namespace: 'plain-width' }, ({ pluginData }) => ({
      resolveDir: pluginData,
      contents: `export default (text, options) =>
        /^[\\x20-\\x7e]*$/.test(text) ? text.length : require('string-width').default(text, options)`,
    }))
  },
}

/** Leaves out the versions of the Compute API that nobody asks for, two thirds of its client. */
export const withoutOtherVersions: Plugin = {
  name: 'without other versions',
  setup({ onLoad }) {
    onLoad({ filter: /@googleapis\/compute\/build\/(alpha|beta)\.js$/ }, ({ path }) => ({
      contents: `exports.compute_${basename(path, '.js')} = {}`,
    }))
  },
}
