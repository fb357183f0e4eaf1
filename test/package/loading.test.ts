import { copyFile, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../support/cli.ts'
import { loaded, ROOT, SNAPSHOT } from '../support/loaded.ts'

describe('node', () => {
  /** Loaded only to write a file or to print YAML. */
  const LAZY = ['dist/fs-extra.cjs', 'dist/yaml.cjs']
  const SDKS = /chunks\/(azure|aws|gcp|replay)-/

  it.each([
    ['regenerate', SNAPSHOT, ['--target', 'rhcos.json', '--allow-regression']],
    ['diff', SNAPSHOT, [SNAPSHOT]],
    ['list', SNAPSHOT, []],
    ['skew', SNAPSHOT, []],
    ['image', 'rhcos.json', []],
    ['configmap', 'rhcos.json', []],
  ] as const)('loads the entry point and one bundle for %s', async (name, file, more) => {
    const folder = await realpath(await temporaryFolder())
    await copyFile(join(ROOT, 'demo/rhcos.json'), join(folder, 'rhcos.json'))
    const { files } = await loaded([name, file, ...more], folder)
    const bundle = ['image', 'configmap'].includes(name) ? 'offline' : name
    expect(files.filter((each) => !LAZY.includes(each))).toEqual([
      'dist/cli.cjs',
      `dist/${bundle}.cjs`,
    ])
  })

  it('loads only files of the package and no sign-in libraries for a replay', async () => {
    const { files } = await loaded(['verify', SNAPSHOT])
    expect(files.filter((each) => !each.startsWith('dist/'))).toEqual([])
    expect(files.filter((each) => SDKS.test(each)).length).toBeGreaterThan(3)
    expect(files.filter((each) => /identity|credential-provider/.test(each))).toEqual([])
  })
})
