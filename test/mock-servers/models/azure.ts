import { readDeclarations, readPackageFiles } from './declarations.ts'
import {
  faultsIn,
  listOf,
  NULL,
  NUMBER,
  recordOf,
  requiring,
  type Shape,
  TEXT,
  withMembers,
  wordOf,
} from './shape.ts'

const { shapeOf } = readDeclarations(
  readPackageFiles(
    ...['common', 'compute'].map(
      (part) => `@azure/arm-compute/dist/esm/models/${part}/models.d.ts`,
    ),
  ),
)

const either = (...of: Shape[]): Shape => ({ is: 'either', of })
const ANYTHING: Shape = { is: 'anything' }

/** What recorded answers have and the model does not: docs/mock-servers.md says where they were seen. */
const properties = withMembers(shapeOf('VirtualMachineImageProperties'), {
  'replicaType?': wordOf('Managed', 'Unmanaged'),
  'replicaCount?': NUMBER,
  'osDiskImage?': withMembers(shapeOf('OSDiskImage'), {
    'sizeInGb?': NUMBER,
    'sizeInBytes?': NUMBER,
  }),
})
const resource = requiring(shapeOf('VirtualMachineImageResource'), 'id')
const image = withMembers(resource, {
  // The client lifts what is under it to the image itself.
  'properties?': properties,
  'extendedLocation?': either(shapeOf('ExtendedLocation'), NULL),
})

const apiError = withMembers(shapeOf('ApiError'), {
  code: TEXT,
  message: TEXT,
  'innererror?': either(shapeOf('InnerError'), recordOf('InnerError', { internalErrorCode: TEXT })),
  'additionalInfo?': listOf(recordOf('ErrorAdditionalInfo', { type: TEXT, info: ANYTHING })),
})

const subscription = recordOf('Subscription', {
  id: TEXT,
  authorizationSource: TEXT,
  managedByTenants: listOf(recordOf('ManagedByTenant', { tenantId: TEXT })),
  'tags?': { is: 'map', of: TEXT },
  subscriptionId: TEXT,
  tenantId: TEXT,
  displayName: TEXT,
  state: wordOf('Enabled', 'Warned', 'PastDue', 'Disabled', 'Deleted'),
  subscriptionPolicies: recordOf('SubscriptionPolicies', {
    locationPlacementId: TEXT,
    quotaId: TEXT,
    spendingLimit: wordOf('On', 'Off', 'CurrentPeriodOff'),
  }),
})

const tenant = recordOf('TenantIdDescription', {
  id: TEXT,
  tenantId: TEXT,
  'tenantCategory?': wordOf('Home', 'ProjectedBy', 'ManagedBy'),
  'country?': TEXT,
  'countryCode?': TEXT,
  'displayName?': TEXT,
  'domains?': listOf(TEXT),
  'defaultDomain?': TEXT,
  'tenantType?': TEXT,
  'tenantBrandingLogoUrl?': TEXT,
})

const location = recordOf('Location', {
  id: TEXT,
  'subscriptionId?': TEXT,
  name: TEXT,
  type: wordOf('Region', 'EdgeZone'),
  displayName: TEXT,
  regionalDisplayName: TEXT,
  metadata: recordOf('LocationMetadata', {
    regionType: wordOf('Physical', 'Logical'),
    regionCategory: wordOf('Recommended', 'Extended', 'Other'),
    'geography?': TEXT,
    'geographyGroup?': TEXT,
    'longitude?': TEXT,
    'latitude?': TEXT,
    'physicalLocation?': TEXT,
    'pairedRegion?': listOf(
      recordOf('PairedRegion', { name: TEXT, id: TEXT, 'subscriptionId?': TEXT }),
    ),
    'homeLocation?': TEXT,
  }),
  'availabilityZoneMappings?': listOf(
    recordOf('AvailabilityZoneMappings', { logicalZone: TEXT, physicalZone: TEXT }),
  ),
})

const count = recordOf('Count', { type: wordOf('Total'), value: NUMBER })

/** Azure's answers, by what they are to. */
const ANSWERS = {
  publishers: listOf(resource),
  offers: listOf(resource),
  skus: listOf(image),
  versions: listOf(image),
  version: requiring(image, 'properties'),
  subscription,
  subscriptions: recordOf('Subscriptions', { value: listOf(subscription), count }),
  tenants: recordOf('Tenants', { value: listOf(tenant) }),
  locations: recordOf('Locations', { value: listOf(location) }),
  error: recordOf('CloudError', { error: apiError }),
} satisfies Record<string, Shape>

export type AzureAnswer = keyof typeof ANSWERS

/** What Azure's model forbids in an answer. */
export function faultsInAzure(answer: AzureAnswer, text: string): string[] {
  return faultsIn(JSON.parse(text), ANSWERS[answer])
}
