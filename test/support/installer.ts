import { execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type BuildSource, buildsIn } from '../mock-servers/builds.ts'
import { buildsFolder, INSTALLER_BUNDLE } from './corpus.ts'
import { git } from './git.ts'

export const STREAMS = 'data/data/coreos'
export const MARKETPLACE = `${STREAMS}/marketplace`

/** Serves all builds with the content of a published build. */
export const everyBuild: BuildSource = async ({ architecture, name, release }) => {
  const published = { name: 'rhel-9.8', release: '9.8.20260428-0' }
  const folder = buildsFolder(`n013-${published.release}`)
  const text = await buildsIn(folder)({ architecture, ...published })
  return text?.replaceAll(published.release, release).replaceAll(published.name, name)
}

/** A JSON value whose members are read and set without checks. */
export type Json = ReturnType<typeof JSON.parse>

export async function editJson(file: string, change: (json: Json) => void): Promise<void> {
  const text = await readFile(file, 'utf8')
  const json = JSON.parse(text)
  change(json)
  const indent = /^ +/m.exec(text)?.[0].length
  await writeFile(file, `${JSON.stringify(json, undefined, indent)}\n`)
}

export interface Installer {
  readonly branch: string
  /** Whether to clone the state of May 2026, with images for OCP 4.22, instead of April. */
  readonly isLater?: true
  /** Whether the images have the SKUs for OCP 5.0. */
  readonly has50?: true
}

/** Clones openshift/installer into a new folder. */
export async function cloneInstaller(
  folder: string,
  { branch, isLater, has50 }: Installer,
): Promise<void> {
  execFileSync('git', ['clone', '--quiet', '--branch', 'main', INSTALLER_BUNDLE, folder])
  await git(folder, 'checkout', '--quiet', '-B', branch, ...(isLater ? [] : ['HEAD~2']))
  if (!has50) return
  for (const [name, version] of [
    ['coreos-rhel-9', '9.8.20260428'],
    ['coreos-rhel-10', '10.2.20260423'],
  ]) {
    await editJson(join(folder, `${MARKETPLACE}/${name}.json`), (json) => {
      for (const [architecture, sku] of [
        ['aarch64', 'aro_5-0_arm_gen2'],
        ['x86_64', 'aro_5-0_x64_gen2'],
      ] as const) {
        const plan = json[architecture].azure['no-purchase-plan']
        delete plan.hyperVGen1
        Object.assign(plan.hyperVGen2, { sku, version })
      }
    })
  }
}
