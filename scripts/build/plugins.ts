import { basename, dirname } from 'node:path'
import type { Plugin } from 'esbuild'
import fs from 'fs-extra'

/**
 * Commands that never load an SDK. They are bundled as CommonJS, because loading ES modules takes
 * longer than running such a command. Each of OWN_BUNDLE has its own bundle. SHARED_BUNDLE is one
 * bundle.
 */
export const OWN_BUNDLE = ['regenerate', 'diff', 'skew', 'list']
const SHARED_BUNDLE = ['history', 'image', 'configmap', 'help']

/** Loads the bundle of the command. */
export const chooseBundle: Plugin = {
  name: 'choose bundle',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\.\/main\.ts$/ }, () => ({ path: 'main', namespace: 'choose-bundle' }))
    onResolve({ filter: /^\.\/main\.js$/ }, ({ path }) => ({ path, external: true }))
    onLoad({ filter: /.*/, namespace: 'choose-bundle' }, () => ({
      contents: `export const main = async (words) => {
        const [name] = words
        const isHelp = ${JSON.stringify(SHARED_BUNDLE)}.includes(name) || words.includes('--help')
        const file = isHelp ? 'offline' : ${JSON.stringify(OWN_BUNDLE)}.find((each) => each === name)
        const path = './' + file + '.cjs'
        const bundle = file ? require(path) : await import('./main.js')
        return bundle.main(words)
      }`,
    }))
  },
}

/** Removes all commands except one. */
export const onlyCommand = (name: string): Plugin => ({
  name: 'only command',
  setup({ onLoad }) {
    onLoad({ filter: /\/src\/commands\/index\.ts$/ }, ({ path }) => ({
      resolveDir: dirname(path),
      contents: `import { ${name}Command } from './${name}.ts'; export const COMMANDS = [${name}Command]`,
    }))
  },
})

/** Packages that few offline commands load. Each package has its own file. */
export const LAZY = ['fs-extra', 'yaml']

/** Excludes the SDKs, the code for captures, and the packages with their own files. */
export const withoutCapture: Plugin = {
  name: 'without capture',
  setup({ onResolve }) {
    onResolve({ filter: /\/(capture|azure|aws|gcp)\/[\w-]+\.ts$/ }, ({ path, kind }) =>
      kind === 'dynamic-import' ? { path, external: true } : undefined,
    )
    onResolve({ filter: new RegExp(`^(${LAZY.join('|')})$`) }, ({ path, kind }) =>
      kind === 'entry-point' ? undefined : { path: `./${path}.cjs`, external: true },
    )
  },
}

/**
 * Returns the width of ASCII text without loading string-width, because compiling its regular
 * expression for emoji takes longer than running a short command.
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

/**
 * Removes SDK operations that are not called, which are most of the code: other versions of the
 * Compute API, and operations on other resources than images.
 */
export const withoutOtherOperations: Plugin = {
  name: 'without other operations',
  setup({ onLoad }) {
    const edit = (filter: RegExp, change: (text: string) => string) =>
      onLoad({ filter }, ({ path }) => ({ contents: change(fs.readFileSync(path, 'utf8')) }))

    onLoad({ filter: /@googleapis\/compute\/build\/(alpha|beta)\.js$/ }, ({ path }) => ({
      contents: `exports.compute_${basename(path, '.js')} = {}`,
    }))
    edit(/@googleapis\/compute\/build\/v1\.js$/, (text) =>
      text
        .replace(/^ +this\.\w+ =\s+new Resource\$(?!Images\()\w+\(\s*this\.context\s*\);\n/gm, '')
        .replace(
          /^ {4}class Resource\$(?!Images )(\w+) [\s\S]*?^ {4}compute_v1\.Resource\$\1 = .*\n/gm,
          '',
        ),
    )
    edit(/@azure\/arm-compute\/.*\/computeManagementClient\.js$/, (text) =>
      text.replace(/^ {8}this\.(?!virtualMachineImages )\w+ =\s+_get\w+\(this\._client\);\n/gm, ''),
    )
    // Replaces computed member names, because esbuild never removes members with computed names.
    edit(/@aws-sdk\/client-ec2\/.*\/schemas_0\.js$/, (text) => {
      const names = new Map(
        [...text.matchAll(/^const (_\w+) = ("\w+");$/gm)].map(([, name, value]) => [name, value]),
      )
      return text.replace(/\[(_\w+)\]:/g, (member, name) => `${names.get(name) ?? member}:`)
    })
  },
}
