import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const npm = async (...args: string[]) => {
  const { stdout } = await promisify(execFile)('npm', args, { maxBuffer: 64 * 1024 * 1024 })
  return JSON.parse(stdout)
}

describe('the npm package', () => {
  it('contains the intended files and no others', async () => {
    const [{ files }] = await npm('pack', '--dry-run', '--json', '--ignore-scripts')
    const names: string[] = files.map(({ path }: { path: string }) => path)
    const allowed =
      /^(dist\/[\w./-]+\.(c?js|d\.ts|schema\.json|json|txt|1)|docs\/[\w-]+\.md|README\.md|LICENSE|CHANGELOG\.md|package\.json)$/
    expect(names.filter((name) => !allowed.test(name))).toEqual([])
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

  it('has an SBOM from npm sbom that lists the bundled packages', async () => {
    // Bundled packages that are not imported by the library are devDependencies.
    const sbom = await npm('sbom', '--sbom-format', 'cyclonedx', '--package-lock-only')
    expect(sbom).toMatchObject({ bomFormat: 'CycloneDX' })
    const names = sbom.components.map(({ name }: { name: string }) => name)
    expect(names).toEqual(expect.arrayContaining(['nock', 'yaml', '@azure/identity']))
  })
})
