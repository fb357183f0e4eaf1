import { readdir, readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'

interface Locked {
  readonly version?: string
  readonly integrity?: string
  readonly dev?: boolean
  readonly link?: boolean
  readonly hasInstallScript?: boolean
}

const lock = async (): Promise<[name: string, entry: Locked][]> => {
  const { packages } = JSON.parse(await readFile('package-lock.json', 'utf8'))
  return Object.entries<Locked>(packages).filter(([name]) => name !== '')
}

describe('the packages that come along', () => {
  it('run nothing when they are installed', async () => {
    const scripted = (await lock()).filter(([, entry]) => entry.hasInstallScript && !entry.dev)
    expect(scripted).toEqual([])
  })

  it('are locked by their version and their digest', async () => {
    const loose = (await lock()).filter(
      ([, { version, integrity, link }]) =>
        !link && !(version && /^\d+\.\d+\.\d+/.test(version) && integrity?.startsWith('sha512-')),
    )
    expect(loose).toEqual([])
  })

  it('have exact versions in package.json', async () => {
    const manifest = JSON.parse(await readFile('package.json', 'utf8'))
    const asked = Object.values({ ...manifest.dependencies, ...manifest.devDependencies })
    expect(asked.filter((version) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(String(version)))).toEqual(
      [],
    )
  })
})

describe('our own package', () => {
  it('depends on what the library imports, and on nothing that is bundled alone', async () => {
    const folder = new URL('../../dist/', import.meta.url)
    const chunks = (await readdir(new URL('library/', folder))).map((name) => `library/${name}`)
    const texts = await Promise.all(
      ['index.js', 'workspace.js', ...chunks.filter((name) => name.endsWith('.js'))].map((name) =>
        readFile(new URL(name, folder), 'utf8'),
      ),
    )
    const imported = texts.flatMap((text) =>
      [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*["']([\w@][^"'\s]*)["']/g)].map(
        ([, name]) => name,
      ),
    )
    const packages = imported.filter((name) => !name?.startsWith('node:'))
    const { dependencies } = JSON.parse(await readFile('package.json', 'utf8'))
    expect([...new Set(packages)].sort()).toEqual(Object.keys(dependencies).sort())
  })
})
