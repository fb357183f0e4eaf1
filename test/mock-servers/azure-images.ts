import type { AzureImage } from './azure-image.ts'

type Row = [
  sku: string,
  architecture: AzureImage['architecture'],
  hyperVGeneration: AzureImage['hyperVGeneration'],
  ...versions: string[],
]

const ARO = { publisher: 'azureopenshift', offer: 'aro4' }

/** Images without a purchase plan as found in the Marketplace, except OCP 4.18. */
const NO_PURCHASE_PLAN: Row[] = [
  ['417-arm', 'Arm64', 'V2', '417.94.20240701'],
  ['417-v2', 'x64', 'V2', '417.94.20240701'],
  ['aro_417', 'x64', 'V1', '417.94.20240701'],
  ['419-v2', 'x64', 'V2', '419.6.20250523'],
  ['aro_419', 'x64', 'V1', '419.6.20250523'],
  ['420-arm', 'Arm64', 'V2', '9.6.20251015'],
  ['420-v2', 'x64', 'V2', '9.6.20251015'],
  ['aro_420', 'x64', 'V1', '9.6.20251015'],
  ['aro_422', 'x64', 'V1', '9.8.20260428'],
  ['aro_422-arm', 'Arm64', 'V2', '9.8.20260428'],
  ['aro_422-v2', 'x64', 'V2', '9.8.20260428'],
  ['aro_5-0_arm_gen2', 'Arm64', 'V2', '9.8.20260428', '10.2.20260423'],
  ['aro_5-0_x64_gen2', 'x64', 'V2', '9.8.20260428', '10.2.20260423'],
]

/** A separate list, because these images are newer than the build of the demonstration. */
const NO_PURCHASE_PLAN_418: Row[] = slots418('418.94.20250122')

const PAID_OFFERS = ['rh-ocp-worker', 'rh-opp-worker', 'rh-oke-worker']

const PAID_VERSIONS = [
  '4.8.2021122100',
  '413.92.2023101700',
  '4.17.2024100419',
  '4.18.2025031114',
  '4.18.2025112710',
]

/** The criteria spell `RedHat` in lower case. Names are compared ignoring case. */
const PAID_PUBLISHERS: Record<string, string[]> = {
  RedHat: [...PAID_VERSIONS, '9.6.2026030314'],
  'redhat-limited': [...PAID_VERSIONS, '4.18.2026012111'],
}

/** Images of the previous build, 418.94.202409162337-0. */
const BUILD_BEFORE = slots418('418.94.20240916')
/** Images of the build of the demonstration. */
const BUILD = slots418('418.94.202410090804')

/** Images that must not be selected for the build of the demonstration, each for one reason. */
const DECOYS: AzureImage[] = [
  // Same build, but deprecated.
  ...slots418('418.94.20241009').flatMap((row) =>
    images(ARO, row, {
      imageState: 'Deprecated',
      scheduledDeprecationTime: '2024-12-01T00:00:00+00:00',
      alternativeOption: { type: 'Plan', value: row[0] },
    }),
  ),
  ...PAID_OFFERS.flatMap((offer) =>
    images({ publisher: 'RedHat', offer }, [offer, 'x64', 'V2', '4.18.2025121500'], {
      imageState: 'Deprecated',
    }),
  ),
  // Scheduled for deprecation, and too old to be selected in any case.
  ...slots418('418.94.20240820').flatMap((row) =>
    images(ARO, row, {
      imageState: 'ScheduledForDeprecation',
      scheduledDeprecationTime: '2027-01-31T00:00:00+00:00',
      alternativeOption: { type: 'Offer', value: 'aro4' },
    }),
  ),
  // Another architecture or generation than their SKU.
  ...images(ARO, ['aro_418', 'Arm64', 'V1', '418.94.20241008']),
  ...images(ARO, ['418-arm', 'Arm64', 'V1', '418.94.20241008']),
  // Later OCP and RHEL versions in a SKU for OCP 4.18.
  ...images(ARO, ['418-v2', 'x64', 'V2', '419.6.20250523', '9.6.20251015']),
  // Invalid versions.
  ...images(ARO, ['418-v2', 'x64', 'V2', 'latest', '1.2']),
  // Unknown architecture and generation.
  ...images(ARO, ['418-v2', 'x64', 'V2', '418.94.20240801'], { noProperties: true }),
  // Previews, and a publisher with a similar name.
  ...BUILD.flatMap((row) => images({ ...ARO, offer: 'aro4-preview' }, row)),
  ...images({ publisher: 'RedHat', offer: 'rh-ocp-worker-preview' }, [
    'rh-ocp-worker',
    'x64',
    'V2',
    '4.18.2026020100',
  ]),
  ...images({ publisher: 'RedHat-Fake', offer: 'rh-ocp-worker' }, [
    'rh-ocp-worker',
    'x64',
    'V2',
    '4.18.2026020100',
  ]),
]

/** All images that are known from the Marketplace, without decoys. */
export function knownImages(): AzureImage[] {
  return [...withoutPlan([...NO_PURCHASE_PLAN, ...NO_PURCHASE_PLAN_418]), ...paid()]
}

/**
 * The Marketplace at the time of a bump to 418.94.202410090804-0, with decoys. The images without a
 * purchase plan lag one build behind: their grade is `older-build`.
 */
export function imagesBeforeBump(): AzureImage[] {
  return [...withoutPlan([...NO_PURCHASE_PLAN, ...BUILD_BEFORE]), ...paid(), ...DECOYS]
}

/**
 * The Marketplace some time later, also with images of the same build (grade `exact`) and newer
 * images for OCP 4.18, which must not be selected instead.
 */
export function imagesAfterBump(): AzureImage[] {
  return [...imagesBeforeBump(), ...withoutPlan([...BUILD, ...NO_PURCHASE_PLAN_418])]
}

function slots418(version: string): Row[] {
  return [
    ['418-arm', 'Arm64', 'V2', version],
    ['418-v2', 'x64', 'V2', version],
    ['aro_418', 'x64', 'V1', version],
  ]
}

function withoutPlan(rows: Row[]): AzureImage[] {
  return rows.flatMap((row) => images(ARO, row))
}

function paid(): AzureImage[] {
  return Object.entries(PAID_PUBLISHERS).flatMap(([publisher, versions]) =>
    PAID_OFFERS.flatMap((offer) => [
      ...images({ publisher, offer }, [offer, 'x64', 'V2', ...versions], { hasPlan: true }),
      ...images({ publisher, offer }, [`${offer}-gen1`, 'x64', 'V1', ...versions], {
        hasPlan: true,
      }),
    ]),
  )
}

function images(
  names: Pick<AzureImage, 'publisher' | 'offer'>,
  [sku, architecture, hyperVGeneration, ...versions]: Row,
  more: Partial<AzureImage> = {},
): AzureImage[] {
  return versions.map((version) => ({
    ...names,
    sku,
    version,
    architecture,
    hyperVGeneration,
    ...more,
  }))
}
