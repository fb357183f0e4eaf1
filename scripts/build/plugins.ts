import { builtinModules } from 'node:module'
import { basename } from 'node:path'
import type { Plugin } from 'esbuild'

/** Takes node's own modules from the process: as imports they would evaluate all that they export. */
export const builtins: Plugin = {
  name: 'builtins',
  setup({ onResolve, onLoad }) {
    // Packages that require one may add to it: they get the very module.
    onResolve({ filter: /^[\w/]+$/ }, ({ path, kind }) =>
      kind === 'require-call' && builtinModules.includes(path)
        ? { path, namespace: 'required builtin' }
        : undefined,
    )
    onLoad({ filter: /.*/, namespace: 'required builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)})`,
    }))
    onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace: 'builtin' }))
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => {
      const names = Object.keys(process.getBuiltinModule(path) ?? {})
      const lines = names
        .filter((name) => name !== 'default')
        .map((name) => `export const ${name} = /* @__PURE__ */ (() => builtin.${name})()`)
      const builtin = `process.getBuiltinModule(${JSON.stringify(path)})`
      return {
        contents: [`const builtin = ${builtin}`, 'export default builtin', ...lines].join('\n'),
      }
    })
  },
}

/** Leaves out what is loaded when it is needed, as a quick command needs none of it. */
export const withoutDetours: Plugin = {
  name: 'without detours',
  setup({ onResolve }) {
    onResolve({ filter: /^\./ }, ({ path, kind }) =>
      kind === 'dynamic-import' ? { path, external: true } : undefined,
    )
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
