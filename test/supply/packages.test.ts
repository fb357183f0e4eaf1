import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const npm = async (...args: string[]) => {
  const { stdout } = await promisify(execFile)('npm', args, { maxBuffer: 64 * 1024 * 1024 })
  return JSON.parse(stdout)
}

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

  it('are asked for by exact versions', async () => {
    const manifest = JSON.parse(await readFile('package.json', 'utf8'))
    const asked = Object.values({ ...manifest.dependencies, ...manifest.devDependencies })
    expect(asked.filter((version) => !/^\d+\.\d+\.\d+$/.test(String(version)))).toEqual([])
  })
})

describe('our own package', () => {
  it('holds what is meant and nothing else', async () => {
    const [{ files }] = await npm('pack', '--dry-run', '--json', '--ignore-scripts')
    const names: string[] = files.map(({ path }: { path: string }) => path)
    const meant =
      /^(dist\/[\w./-]+\.(c?js|d\.ts|schema\.json|json|txt|1)|docs\/[\w-]+\.md|README\.md|LICENSE|CHANGELOG\.md|package\.json)$/
    expect(names.filter((name) => !meant.test(name))).toEqual([])
    for (const name of [
      'dist/cli.cjs',
      'dist/notices.txt',
      'dist/schemas/snapshot.schema.json',
      'LICENSE',
      'README.md',
    ]) {
      expect(names).toContain(name)
    }
  })

  it("has a bill of materials by npm's own command", async () => {
    const bill = await npm(
      'sbom',
      '--sbom-format',
      'cyclonedx',
      '--omit',
      'dev',
      '--package-lock-only',
    )
    expect(bill).toMatchObject({ bomFormat: 'CycloneDX' })
    const names = bill.components.map(({ name }: { name: string }) => name)
    expect(names).toEqual(expect.arrayContaining(['nock', 'yargs', '@azure/identity']))
  })
})
