import { readdir, readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'

interface Locked {
  readonly version?: string
  readonly integrity?: string
  readonly dev?: boolean
  readonly link?: boolean
  readonly hasInstallScript?: boolean
}

const readLock = async (): Promise<[name: string, entry: Locked][]> => {
  const { packages } = JSON.parse(await readFile('package-lock.json', 'utf8'))
  return Object.entries<Locked>(packages).filter(([name]) => name !== '')
}

describe('dependencies', () => {
  it('have no install scripts', async () => {
    const scripted = (await readLock()).filter(([, entry]) => entry.hasInstallScript && !entry.dev)
    expect(scripted).toEqual([])
  })

  it('are locked with a version and a digest', async () => {
    const unlocked = (await readLock()).filter(
      ([, { version, integrity, link }]) =>
        !link && !(version && /^\d+\.\d+\.\d+/.test(version) && integrity?.startsWith('sha512-')),
    )
    expect(unlocked).toEqual([])
  })

  it('have exact versions in package.json', async () => {
    const manifest = JSON.parse(await readFile('package.json', 'utf8'))
    const versions = Object.values({ ...manifest.dependencies, ...manifest.devDependencies })
    expect(
      versions.filter((version) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(String(version))),
    ).toEqual([])
  })
})

describe('package.json', () => {
  it('has exactly the imports of the library as dependencies', async () => {
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
