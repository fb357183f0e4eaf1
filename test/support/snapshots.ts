import { sortImages } from '../../src/core/clouds/order.ts'
import { BUILT_IN, type Criteria } from '../../src/core/criteria/criteria.ts'
import { printSnapshot, sealSnapshot } from '../../src/core/snapshot/read.ts'
import type { AzureImage, Snapshot, SnapshotContent } from '../../src/core/snapshot/snapshot.ts'

/** Limits the built-in criteria, so that a new plan adds no slots in the tests. */
const PLANS = [
  'no-purchase-plan',
  ...['ocp', 'opp', 'oke'].flatMap((plan) => [plan, `${plan}-emea`]),
]
const { azure, ...RULES } = BUILT_IN
const CRITERIA: Criteria = azure
  ? {
      ...RULES,
      azure: {
        ...azure,
        plans: Object.fromEntries(
          Object.entries(azure.plans).filter(([plan]) => PLANS.includes(plan)),
        ),
      },
    }
  : RULES

/** An image of an Azure SKU, as captured with the built-in criteria. */
export function azureImage(
  sku: string,
  version: string,
  more: Partial<AzureImage> = {},
): AzureImage {
  const isPaid = sku.startsWith('rh-')
  const offer = isPaid ? sku.replace(/-gen1$/, '') : 'aro4'
  const ocp = /^(?:aro_)?4(\d+)/.exec(sku)?.[1]
  return {
    architecture: sku.endsWith('arm') ? 'aarch64' : 'x86_64',
    generation: /gen1$|^aro_\d+$/.test(sku) ? 1 : 2,
    ...(ocp !== undefined && { ocp: `4.${ocp}` }),
    offer,
    plan: isPaid ? (offer.split('-')[1] ?? '') : 'no-purchase-plan',
    publisher: isPaid ? 'redhat' : 'azureopenshift',
    sku,
    state: 'active',
    version,
    ...more,
  }
}

/** A valid snapshot for OCP 4.18, without builds and with a placeholder for its recording. */
export function makeSnapshot(
  images: readonly AzureImage[],
  more: Partial<SnapshotContent & Pick<Snapshot, 'capturedAt'>> = {},
): Snapshot {
  return sealSnapshot({
    schemaVersion: 1,
    stream: {
      name: 'rhcos-4.18',
      distro: 'rhcos',
      ocp: '4.18',
      url: 'https://rhcos.mirror.openshift.com/art/storage/prod/streams',
      signatures: true,
    },
    capturedAt: '2024-10-20T12:00:00Z',
    generator: 'stream-snapshot test',
    criteria: CRITERIA,
    builds: {},
    images: { azure: sortImages('azure', images) },
    queries: { azure: [] },
    recording: { file: 's.recording.json', sha256: '0'.repeat(64) },
    ...more,
  })
}

export function snapshotText(
  images: readonly AzureImage[],
  more: Parameters<typeof makeSnapshot>[1] = {},
): string {
  return printSnapshot(makeSnapshot(images, more))
}
