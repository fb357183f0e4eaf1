import type { AwsImage } from './aws-image.ts'

/** The products of each plan. */
export const PRODUCTS: readonly {
  readonly plan: string
  readonly architecture: AwsImage['architecture']
  readonly id: string
}[] = [
  { plan: 'ocp', architecture: 'x86_64', id: '59ead7de-2540-4653-a8b0-fa7926d5c845' },
  { plan: 'ocp', architecture: 'arm64', id: 'abc249f8-7440-45f7-a4b1-c026baff64c1' },
  { plan: 'opp', architecture: 'x86_64', id: 'f5da01a6-d046-487c-9072-42fe53b1cad4' },
  { plan: 'opp', architecture: 'arm64', id: 'be6d3e94-c8dc-4a3e-9218-4b449b11f06f' },
  { plan: 'oke', architecture: 'x86_64', id: '963b36c3-de6f-48ed-b802-2b38b2a2cdeb' },
  { plan: 'oke', architecture: 'arm64', id: 'd2d3ebcd-c1ca-43d8-bf0a-530433200f35' },
  { plan: 'ocp-emea', architecture: 'x86_64', id: '962791c7-3ae5-46d1-ba62-c7a5ebac54fd' },
  { plan: 'opp-emea', architecture: 'x86_64', id: '628c9df3-0254-4f91-bc1f-8619d1b8eaa8' },
  { plan: 'oke-emea', architecture: 'x86_64', id: '7026c8d7-392c-4010-b93c-f93f7bc5495f' },
  { plan: 'rosa', architecture: 'x86_64', id: '34850061-abaf-402d-92df-94325c9e947f' },
]

export const REGIONS = ['ap-southeast-2', 'eu-central-1', 'us-east-1', 'sa-east-1']
/** The latest images in this region are for OCP 4.15. */
const LAGGING = 'sa-east-1'

/** A region that is not enabled for the account. */
export const NOT_ENABLED = 'me-south-1'

type ImageParts = Pick<AwsImage, 'name' | 'creationDate'> & Partial<AwsImage>

/** Images of all products in all regions, with names in all supported formats. */
export function demonstrationImages(): AwsImage[] {
  return REGIONS.flatMap((region) =>
    PRODUCTS.flatMap(({ plan, architecture, id }) => {
      const arch = architecture === 'arm64' ? 'aarch64' : 'x86_64'
      const images = plan === 'rosa' ? rosaImages(id) : workerImages(arch, id)
      return [...images, ...(plan === 'oke' ? decoys(arch, id) : [])]
        .filter(({ creationDate }) => region !== LAGGING || creationDate < '2024-06')
        .map((each) => ({ region, architecture, ...each }))
    }),
  )
}

function workerImages(arch: string, id: string): ImageParts[] {
  return [
    {
      name: `rhcos-413.92.202305021736-0-${arch}-Marketplace-${id}`,
      creationDate: '2023-05-09T15:12:40.000Z',
    },
    { name: `rhcos-${arch}-415.92.202402201450-0-${id}`, creationDate: '2024-02-28T09:31:07.000Z' },
    {
      name: `RHEL-9.4-RHCOS-4.18_HVM_GA-20241015-${arch}-0-${id}`,
      description: `RHEL CoreOS 4.18 418.94.202410090804-0 ${arch}`,
      creationDate: '2024-10-15T11:02:55.000Z',
    },
    {
      // The name has the OCP version and the publication date, but not the build.
      name: `RHEL-9.4-RHCOS-4.18_HVM_GA-20251119-${arch}-0-${id}`,
      description: 'Red Hat Enterprise Linux CoreOS',
      creationDate: '2025-11-19T18:44:21.000Z',
      deprecationTime: '2099-11-19T18:44:00.000Z',
    },
    {
      name: `RHEL-9.4-RHCOS-9.6_HVM_GA-20260210-${arch}-0-${id}`,
      description: `RHEL CoreOS 9.6 9.6.20260210-0 ${arch}`,
      creationDate: '2026-02-10T20:15:33.000Z',
    },
  ]
}

function rosaImages(id: string): ImageParts[] {
  const image = (release: string, creationDate: string): ImageParts => ({
    name: `rosa-worker-${creationDate.slice(0, 10)}-${id}`,
    description: `rhcos-${release}-x86_64`,
    creationDate,
  })
  return [
    image('415.92.202402201450-0', '2024-03-01T10:00:00.000Z'),
    image('418.94.202410090804-0', '2024-10-20T10:00:00.000Z'),
    image('9.6.20250701-0', '2025-07-10T10:00:00.000Z'),
  ]
}

/**
 * Images that must not be selected, each for one reason. All but the last are of the same build.
 */
function decoys(arch: string, id: string): ImageParts[] {
  const exact = `rhcos-418.94.202410090804-0-${arch}`
  const creationDate = '2024-10-30T08:00:00.000Z'
  return [
    { name: `${exact}-pending-${id}`, state: 'pending', creationDate },
    { name: `${exact}-gone-${id}`, state: 'deregistered', creationDate },
    { name: `${exact}-old-${id}`, creationDate, deprecationTime: '2024-12-01T00:00:00.000Z' },
    { name: `${exact}-copy-${id}`, owner: '111122223333', creationDate },
    { name: `worker-${arch}-${id}`, description: 'See the product page', creationDate },
  ]
}
