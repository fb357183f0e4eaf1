import fs from 'fs-extra'
import { printSnapshot, sealSnapshot } from '../../src/core/snapshot/read.ts'
import type { AzureImage, Snapshot } from '../../src/core/snapshot/snapshot.ts'

const SKUS = [
  { sku: '418-arm', plan: 'no-purchase-plan', architecture: 'aarch64', generation: 2 },
  { sku: '418-v2', plan: 'no-purchase-plan', architecture: 'x86_64', generation: 2 },
  { sku: 'aro_418', plan: 'no-purchase-plan', architecture: 'x86_64', generation: 1 },
  { sku: 'rh-ocp-worker', plan: 'ocp', architecture: 'x86_64', generation: 2 },
] as const

/** Writes a snapshot like another one, with as many of Azure's images as told, a minute apart. */
export function writeLarge(like: string, file: string, count: number): void {
  const { integrity: _, ...rest }: Snapshot = JSON.parse(fs.readFileSync(like, 'utf8'))
  const images: AzureImage[] = []
  for (const [index, { sku, plan, ...kind }] of SKUS.entries()) {
    const share = Math.floor(count / SKUS.length) + Number(index < count % SKUS.length)
    const isPaid = plan === 'ocp'
    for (let at = 0; at < share; at++) {
      images.push({
        ...kind,
        ...(!isPaid && { ocp: '4.18' }),
        offer: isPaid ? sku : 'aro4',
        plan,
        publisher: isPaid ? 'redhat' : 'azureopenshift',
        sku,
        state: 'active',
        version: `418.94.${stamp(at)}`,
      })
    }
  }
  seal(file, rest, images)
}

/** Writes a snapshot that differs from another one in a number of images: half gone, half other. */
export function writeAltered(of: string, file: string, count: number): void {
  const { integrity: _, ...rest }: Snapshot = JSON.parse(fs.readFileSync(of, 'utf8'))
  const all = rest.images.azure ?? []
  const step = Math.floor(all.length / (count / 2))
  const images = all
    .filter((_image, at) => at % step !== 1)
    .map((image, at) => (at % step === 5 ? { ...image, state: 'deprecated' as const } : image))
  seal(file, rest, images)
}

function seal(file: string, rest: Omit<Snapshot, 'integrity'>, azure: readonly AzureImage[]): void {
  const queries = { azure: rest.queries.azure ?? [] }
  fs.writeFileSync(file, printSnapshot(sealSnapshot({ ...rest, images: { azure }, queries })))
}

function stamp(minutes: number): string {
  const time = new Date(Date.UTC(2019, 0, 1) + minutes * 60_000)
  return time.toISOString().replace(/\D/g, '').slice(0, 12)
}
