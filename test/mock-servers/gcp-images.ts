import type { GcpImage } from './gcp-image.ts'

const OFFERINGS = ['ocp', 'opp', 'oke']

/** The images that Red Hat published, and decoys. */
export function demonstrationImages(): GcpImage[] {
  const published = OFFERINGS.flatMap((offering): GcpImage[] => [
    {
      name: `redhat-coreos-${offering}-48-x86-64-202210040145`,
      creationTimestamp: '2022-10-06T07:21:33.105-07:00',
    },
    {
      name: `redhat-coreos-${offering}-413-x86-64-202305021736`,
      creationTimestamp: '2023-05-12T06:44:10.311-07:00',
      architecture: 'X86_64',
    },
  ])
  return [...published, ...decoys()]
}

/** Newer images for OCP 4.13 that must not be selected, each for one reason. */
function decoys(): GcpImage[] {
  const creationTimestamp = '2023-07-01T00:00:00.000-07:00'
  return [
    {
      name: 'redhat-coreos-oke-413-x86-64-202306010101',
      creationTimestamp,
      deprecated: { state: 'DEPRECATED', deprecated: '2023-08-01T00:00:00Z' },
    },
    { name: 'redhat-coreos-oke-413-x86-64-202306020202', creationTimestamp, status: 'FAILED' },
    { name: 'redhat-coreos-oke-worker', creationTimestamp, description: 'See the product page' },
    { name: 'redhat-coreos-oke-413-arm-202306030303', creationTimestamp, architecture: 'ARM64' },
    { name: 'redhat-sap-413-x86-64-202306040404', creationTimestamp },
  ]
}
