import { ComputeManagementClient } from '@azure/arm-compute'
import { ClientSecretCredential } from '@azure/identity'
import { afterEach, expect, test } from 'vitest'
import { type AzureMockServer, type AzureOptions, startAzure } from './azure.ts'
import type { AzureAccount } from './azure-account.ts'
import type { AzureImage } from './azure-image.ts'

const IMAGES: AzureImage[] = [
  {
    publisher: 'azureopenshift',
    offer: 'aro4',
    sku: '418-arm',
    version: '418.94.20250122',
    architecture: 'Arm64',
    hyperVGeneration: 'V2',
  },
  {
    publisher: 'RedHat',
    offer: 'rh-ocp-worker',
    sku: 'rh-ocp-worker',
    version: '4.8.2021122100',
    architecture: 'x64',
    hyperVGeneration: 'V2',
    imageState: 'Deprecated',
    scheduledDeprecationTime: '2024-12-01T00:00:00+00:00',
    alternativeOption: { type: 'Plan', value: 'rh-ocp-worker' },
  },
  {
    publisher: 'RedHat',
    offer: 'rh-ocp-worker',
    sku: 'rh-ocp-worker',
    version: '4.18.2025031114',
    architecture: 'x64',
    hyperVGeneration: 'V2',
    noProperties: true,
  },
]

const EXPAND = 'properties/imageDeprecationStatus'
const ARM: Target = ['eastus', 'azureopenshift', 'aro4', '418-arm']

type Target = [location: string, publisher: string, offer: string, sku: string]

let azure: AzureMockServer | undefined

afterEach(async () => {
  await azure?.close()
  azure = undefined
})

async function start(options: Partial<AzureOptions> = {}): Promise<AzureMockServer> {
  azure = await startAzure({ images: IMAGES, ...options })
  return azure
}

/** The SDKs as the mock server's account, or as another one, trusting its certificate. */
function connect(
  mockServer: AzureMockServer,
  as: Partial<AzureAccount> = {},
): ComputeManagementClient {
  const { tenantId, clientId, clientSecret, subscriptionId } = { ...mockServer.account, ...as }
  const tlsOptions = { ca: mockServer.certificate }
  const credential = new ClientSecretCredential(tenantId, clientId, clientSecret, {
    authorityHost: mockServer.url,
    disableInstanceDiscovery: true,
    tlsOptions,
  })
  return new ComputeManagementClient(credential, subscriptionId, {
    endpoint: mockServer.url,
    tlsOptions,
  })
}

/** The body of a list's answer, and its headers; an error if the SDK gave one. */
async function list(client: ComputeManagementClient, target: Target, expand: string = EXPAND) {
  let text = ''
  let headers: Record<string, string> = {}
  const keep = (answer: { bodyAsText?: string | null; headers: { toJSON(): typeof headers } }) => {
    text = answer.bodyAsText ?? ''
    headers = answer.headers.toJSON()
  }
  const error = await client.virtualMachineImages
    .list(...target, { expand, onResponse: keep })
    .then(() => undefined)
    .catch((cause: unknown) => cause as Error & { code?: string; statusCode?: number })
  return { text, headers, error }
}

test('versions come as an array, with the properties that were asked for', async () => {
  const mockServer = await start()
  const client = connect(mockServer)
  const id =
    `/Subscriptions/${mockServer.account.subscriptionId}/Providers/Microsoft.Compute/Locations/eastus` +
    '/Publishers/azureopenshift/ArtifactTypes/VMImage/Offers/aro4/Skus/418-arm/Versions/418.94.20250122'
  const machine = {
    hyperVGeneration: 'V2',
    architecture: 'Arm64',
    replicaType: 'Managed',
    replicaCount: 10,
  }
  const item = { extendedLocation: null, location: 'eastus', name: '418.94.20250122', id }
  const status = { imageDeprecationStatus: { imageState: 'Active' } }

  const full = await list(client, ARM)
  expect(JSON.parse(full.text)).toEqual([{ properties: { ...machine, ...status }, ...item }])
  const some = await list(client, ARM, 'properties')
  expect(JSON.parse(some.text)).toEqual([{ properties: machine, ...item }])
  const none = await list(client, ARM, '')
  expect(JSON.parse(none.text)).toEqual([item])
})

test('names and regions are found in any case, and shown in the spelling of the table', async () => {
  const client = connect(await start())
  const { text } = await list(client, ['East US', 'redhat', 'RH-OCP-Worker', 'RH-ocp-worker'])
  const [first, second] = JSON.parse(text)
  expect(first.id).toMatch(
    /\/Publishers\/RedHat\/ArtifactTypes\/VMImage\/Offers\/rh-ocp-worker\/Skus\/rh-ocp-worker\//,
  )
  expect(first).toMatchObject({ name: '4.18.2025031114', location: 'eastus' })
  expect(first.properties).toBeUndefined()
  expect(second.properties.imageDeprecationStatus).toEqual({
    imageState: 'Deprecated',
    scheduledDeprecationTime: '2024-12-01T00:00:00+00:00',
    alternativeOption: { type: 'Plan', value: 'rh-ocp-worker' },
  })
})

test.each<[string, Target, { statusCode: number; code: string; message: RegExp }]>([
  [
    'SKU',
    ['eastus', 'azureopenshift', 'aro4', '499-arm'],
    { statusCode: 404, code: 'NotFound', message: /^Artifact: VMImage was not found\.$/ },
  ],
  [
    'publisher',
    ['eastus', 'nobody', 'aro4', '418-arm'],
    { statusCode: 404, code: 'NotFound', message: /^Artifact: VMImage was not found\.$/ },
  ],
  [
    'region',
    ['mars', 'azureopenshift', 'aro4', '418-arm'],
    {
      statusCode: 400,
      code: 'NoRegisteredProviderFound',
      message: /No registered resource provider found for location 'mars'/,
    },
  ],
])('no such %s', async (_, target, { statusCode, code, message }) => {
  const { error } = await list(connect(await start()), target)
  expect(error).toMatchObject({ statusCode, code })
  expect(error?.message).toMatch(message)
})
