import { ComputeManagementClient, type VirtualMachineImageResource } from '@azure/arm-compute'
import { ClientSecretCredential } from '@azure/identity'
import { expect, onTestFinished, test } from 'vitest'
import { startAzure } from './azure.ts'
import type { AzureImage } from './azure-image.ts'

const IMAGES: AzureImage[] = [
  {
    ...{ publisher: 'azureopenshift', offer: 'aro4', sku: '418-arm', version: '418.94.20250122' },
    ...{ architecture: 'Arm64', hyperVGeneration: 'V2' },
  },
  {
    ...{ publisher: 'RedHat', offer: 'rh-ocp-worker', sku: 'rh-ocp-worker' },
    ...{ version: '4.8.2021122100', architecture: 'x64', hyperVGeneration: 'V2' },
    imageState: 'Deprecated',
    scheduledDeprecationTime: '2024-12-01T00:00:00+00:00',
  },
]
const ARM = ['eastus', 'azureopenshift', 'aro4', '418-arm'] as const

type Target = readonly [location: string, publisher: string, offer: string, sku: string]

/** The response body of a list. */
async function list(target: Target, expand = 'properties/imageDeprecationStatus') {
  const server = await startAzure({ images: IMAGES })
  onTestFinished(() => server.close())
  const { tenantId, clientId, clientSecret, subscriptionId } = server.account
  const tlsOptions = { ca: server.certificate }
  const credential = new ClientSecretCredential(tenantId, clientId, clientSecret, {
    authorityHost: server.url,
    disableInstanceDiscovery: true,
    tlsOptions,
  })
  const options = { endpoint: server.url, tlsOptions }
  const { virtualMachineImages } = new ComputeManagementClient(credential, subscriptionId, options)
  let text = ''
  await virtualMachineImages.list(...target, {
    expand,
    onResponse: ({ bodyAsText }) => {
      text = bodyAsText ?? ''
    },
  })
  return JSON.parse(text) as (VirtualMachineImageResource & { properties?: object })[]
}

test.each([
  ['properties/imageDeprecationStatus', { imageDeprecationStatus: { imageState: 'Active' } }],
  ['properties', {}],
  ['', undefined],
])('lists versions with the properties of $expand %j', async (expand, status) => {
  const [version, ...more] = await list(ARM, expand)
  expect(more).toEqual([])
  expect(version).toEqual({
    extendedLocation: null,
    location: 'eastus',
    name: '418.94.20250122',
    id: expect.stringMatching(
      /^\/Subscriptions\/[0-9a-f-]{36}\/Providers\/Microsoft\.Compute\/Locations\/eastus\/Publishers\/azureopenshift\/ArtifactTypes\/VMImage\/Offers\/aro4\/Skus\/418-arm\/Versions\/418\.94\.20250122$/,
    ),
    ...(status && {
      properties: {
        ...{ hyperVGeneration: 'V2', architecture: 'Arm64', replicaType: 'Managed' },
        ...{ replicaCount: 10, ...status },
      },
    }),
  })
})

test('ignores the case of names and regions', async () => {
  const [image] = await list(['East US', 'redhat', 'RH-OCP-Worker', 'RH-ocp-worker'])
  expect(image?.id).toContain('/Publishers/RedHat/ArtifactTypes/VMImage/Offers/rh-ocp-worker/')
  expect(image?.properties).toMatchObject({
    imageDeprecationStatus: {
      imageState: 'Deprecated',
      scheduledDeprecationTime: '2024-12-01T00:00:00+00:00',
    },
  })
})

test.each<[string, Target, number, string]>([
  ['SKU', ['eastus', 'azureopenshift', 'aro4', '499-arm'], 404, 'NotFound'],
  ['publisher', ['eastus', 'unknown', 'aro4', '418-arm'], 404, 'NotFound'],
  ['region', ['mars', 'azureopenshift', 'aro4', '418-arm'], 400, 'NoRegisteredProviderFound'],
])('refuses an unknown %s', async (_, target, statusCode, code) => {
  await expect(list(target)).rejects.toMatchObject({ statusCode, code })
})
