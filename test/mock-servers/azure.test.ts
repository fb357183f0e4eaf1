import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { ComputeManagementClient } from '@azure/arm-compute'
import { createDefaultHttpClient, createPipelineRequest } from '@azure/core-rest-pipeline'
import { ClientSecretCredential } from '@azure/identity'
import { afterEach, expect, test } from 'vitest'
import { type AzureMockServer, type AzureOptions, startAzure } from './azure.ts'
import type { AzureAccount } from './azure-account.ts'
import type { AzureImage } from './azure-image.ts'
import { startProxy } from './proxy.ts'

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

const statuses = (mockServer: AzureMockServer) => mockServer.requests.map(({ status }) => status)

function runClient(args: readonly string[], environment: NodeJS.ProcessEnv) {
  const client = fileURLToPath(new URL('list-client.ts', import.meta.url))
  return promisify(execFile)(process.execPath, ['--import', 'tsx', client, ...args], {
    env: { ...process.env, ...environment },
  })
}

test('a child process with the environment alone signs in and lists', async () => {
  const { url, environment, requests } = await start()
  const { stdout } = await runClient([url, '418-arm'], environment)
  expect(JSON.parse(stdout)).toMatchObject([{ name: '418.94.20250122' }])
  expect(requests.map(({ method, path }) => `${method} ${path.split('?')[0]}`)).toEqual([
    `GET /${environment.AZURE_TENANT_ID}/v2.0/.well-known/openid-configuration`,
    `POST /${environment.AZURE_TENANT_ID}/oauth2/v2.0/token`,
    `GET /subscriptions/${environment.AZURE_SUBSCRIPTION_ID}/providers/Microsoft.Compute` +
      '/locations/eastus/publishers/azureopenshift/artifacttypes/vmimage/offers/aro4' +
      '/skus/418-arm/versions',
  ])
})

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

test('one version is told of in full', async () => {
  const mockServer = await start({ images: IMAGES.map((image) => ({ ...image, hasPlan: true })) })
  let text = ''
  const headers: (string | undefined)[] = []
  const found = await connect(mockServer).virtualMachineImages.get(...ARM, '418.94.20250122', {
    onResponse: (answer) => {
      text = answer.bodyAsText ?? ''
      headers.push(answer.headers.get('x-ms-ratelimit-remaining-resource'))
    },
  })
  expect(Object.keys(JSON.parse(text))).toEqual(['properties', 'location', 'name', 'id'])
  expect(Object.keys(JSON.parse(text).properties)).toEqual([
    'plan',
    'hyperVGeneration',
    'architecture',
    'replicaType',
    'replicaCount',
    'disallowed',
    'automaticOSUpgradeProperties',
    'imageDeprecationStatus',
    'features',
    'osDiskImage',
    'dataDiskImages',
  ])
  expect(found).toMatchObject({
    plan: { publisher: 'azureopenshift', name: '418-arm', product: 'aro4' },
    osDiskImage: { operatingSystem: 'Linux' },
    dataDiskImages: [],
  })
  expect(headers).toEqual([expect.stringMatching(/\/GetVMImageFromLocation3Min;12999,/)])
})

test('publishers, offers and SKUs are listed', async () => {
  const { virtualMachineImages } = connect(await start())
  const names = (items: { name: string }[]) => items.map(({ name }) => name)
  expect(names(await virtualMachineImages.listPublishers('eastus'))).toEqual([
    'azureopenshift',
    'RedHat',
  ])
  expect(names(await virtualMachineImages.listOffers('eastus', 'azureopenshift'))).toEqual(['aro4'])
  expect(names(await virtualMachineImages.listSkus('eastus', 'azureopenshift', 'aro4'))).toEqual([
    '418-arm',
  ])
})

test('images added and replaced are seen by the next request', async () => {
  const mockServer = await start({ images: [] })
  const client = connect(mockServer)
  expect((await list(client, ARM)).error).toMatchObject({ statusCode: 404 })
  mockServer.addImages(IMAGES)
  expect((await list(client, ARM)).error).toBeUndefined()
  mockServer.setImages([])
  expect((await list(client, ARM)).error).toMatchObject({ statusCode: 404 })
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

test('a version that is not there gives the 404 of any other name', async () => {
  const { virtualMachineImages } = connect(await start())
  await expect(virtualMachineImages.get(...ARM, '1.2.3')).rejects.toMatchObject({
    statusCode: 404,
    code: 'NotFound',
  })
})

/** An answer, as the mock server's account gets it. */
async function ask(mockServer: AzureMockServer, path: string): Promise<unknown> {
  const url = `${mockServer.url}${path}`
  const request = createPipelineRequest({ url, tlsSettings: { ca: mockServer.certificate } })
  const { pipeline } = connect(mockServer)
  const { bodyAsText } = await pipeline.sendRequest(createDefaultHttpClient(), request)
  return JSON.parse(bodyAsText ?? '')
}

test('tenants, subscriptions and regions are those of the account', async () => {
  const mockServer = await start()
  const { tenantId, subscriptionId } = mockServer.account
  const subscription = {
    id: `/subscriptions/${subscriptionId}`,
    subscriptionId,
    tenantId,
    state: 'Enabled',
  }
  expect(await ask(mockServer, '/tenants?api-version=2022-12-01')).toMatchObject({
    value: [{ id: `/tenants/${tenantId}`, tenantId, tenantCategory: 'Home' }],
  })
  expect(await ask(mockServer, '/subscriptions?api-version=2022-12-01')).toMatchObject({
    value: [subscription],
    count: { type: 'Total', value: 1 },
  })
  expect(
    await ask(mockServer, `/subscriptions/${subscriptionId}?api-version=2022-12-01`),
  ).toMatchObject(subscription)
  expect(
    await ask(mockServer, `/subscriptions/${subscriptionId}/locations?api-version=2022-12-01`),
  ).toMatchObject({
    value: [{ id: `${subscription.id}/locations/eastus`, name: 'eastus', type: 'Region' }],
  })
  expect(await ask(mockServer, '/subscriptions/nobody?api-version=2022-12-01')).toMatchObject({
    error: { code: 'InvalidSubscriptionId' },
  })
  expect(
    await ask(
      mockServer,
      '/subscriptions/11111111-2222-4333-8444-555555555555?api-version=2022-12-01',
    ),
  ).toMatchObject({
    error: { code: 'SubscriptionNotFound' },
  })
})

test('a client that asks Microsoft whom it may trust is told of the mock server', async () => {
  const microsoft = 'login.microsoftonline.com'
  const { url, environment, requests } = await start({ hosts: [microsoft] })
  const proxy = await startProxy({ hosts: { [microsoft]: Number(new URL(url).port) } })
  try {
    const { stdout } = await runClient([url, '418-arm'], { ...environment, HTTPS_PROXY: proxy.url })
    expect(JSON.parse(stdout)).toMatchObject([{ name: '418.94.20250122' }])
    expect(proxy.tunnels).toEqual([`${microsoft}:443`])
    expect(requests[0]?.path).toMatch(/^\/common\/discovery\/instance\?api-version=1\.1&/)
  } finally {
    await proxy.close()
  }
})

test.each([
  ['https://login.microsoftonline.com/x/oauth2', 'https://login.microsoftonline.com/x/v2.0/'],
  ['https://127.0.0.1:8443/x/oauth2', 'https://127.0.0.1:8443/x/v2.0/'],
  ['https://login.example.com/x/oauth2', undefined],
])('whether %s may be trusted', async (authority, discovery) => {
  const path = `/common/discovery/instance?api-version=1.1&authorization_endpoint=${authority}`
  const told = (await ask(await start(), path)) as Record<string, unknown>
  const endpoint = discovery && `${discovery}.well-known/openid-configuration`
  expect(told.tenant_discovery_endpoint).toBe(endpoint)
  expect(told.error).toBe(discovery === undefined ? 'invalid_instance' : undefined)
})

test('another subscription gives a 404 that is not about images', async () => {
  const client = connect(await start(), { subscriptionId: '11111111-2222-4333-8444-555555555555' })
  const { error, headers } = await list(client, ARM)
  expect(error).toMatchObject({ statusCode: 404, code: 'SubscriptionNotFound' })
  expect(headers['x-ms-failure-cause']).toBe('gateway')
})

test('a wrong secret is told as Azure tells it', async () => {
  const mockServer = await start()
  const { error } = await list(connect(mockServer, { clientSecret: 'wrong' }), ARM)
  expect(error?.message).toMatch(/AADSTS7000215: Invalid client secret provided/)
  expect(statuses(mockServer)).toEqual([200, 401])
})

test('without a token, with a wrong one and with an old one: 401', async () => {
  const mockServer = await start({ tokenLifetime: 0 })
  const old = await list(connect(mockServer), ARM)
  expect(old.error).toMatchObject({ statusCode: 401, code: 'ExpiredAuthenticationToken' })
  const fromToken = (token: string) =>
    new ComputeManagementClient(
      { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 }) },
      mockServer.account.subscriptionId,
      { endpoint: mockServer.url, tlsOptions: { ca: mockServer.certificate } },
    )
  const wrong = await list(fromToken('wrong'), ARM)
  expect(wrong.error).toMatchObject({ statusCode: 401, code: 'InvalidAuthenticationToken' })
  const missing = fromToken('')
  missing.pipeline.removePolicy({ name: 'bearerTokenAuthenticationPolicy' })
  expect((await list(missing, ARM)).error).toMatchObject({ code: 'AuthenticationFailed' })
})

test('answers are compressed unless the mock server is told otherwise', async () => {
  const compressed = await list(connect(await start()), ARM)
  expect(compressed.headers['content-encoding']).toBe('gzip')
  await azure?.close()
  const plain = await list(connect(await start({ gzip: false })), ARM)
  expect(plain.headers['content-encoding']).toBeUndefined()
  expect(JSON.parse(compressed.text)[0].name).toBe(JSON.parse(plain.text)[0].name)
})

test('the remaining requests count down', async () => {
  const client = connect(await start())
  const remaining = async () =>
    (await list(client, ARM)).headers['x-ms-ratelimit-remaining-resource']
  expect(await remaining()).toContain('ListVMImagesVersionsFromLocation3Min;15999,')
  expect(await remaining()).toContain('ListVMImagesVersionsFromLocation3Min;15998,')
})

test('a throttled request is sent again by the SDK, after the time that the answer names', async () => {
  const throttled = { kind: 'status', status: 429, retryAfter: 1 } as const
  const mockServer = await start({ faults: [{ path: /418-arm/, fault: throttled, times: 1 }] })
  const { error } = await list(connect(mockServer), ARM)
  expect(error).toBeUndefined()
  expect(statuses(mockServer)).toEqual([200, 200, 429, 200])
  const [, , first, second] = mockServer.requests
  expect((second?.time ?? 0) - (first?.time ?? 0)).toBeGreaterThanOrEqual(950)
})

test('a refusal for want of a role names who asked', async () => {
  const refused = { kind: 'status', status: 403 } as const
  const mockServer = await start({ faults: [{ path: /aro4/, fault: refused }] })
  const { error } = await list(connect(mockServer), ARM)
  expect(error).toMatchObject({ statusCode: 403, code: 'AuthorizationFailed' })
  expect(error?.message).toContain(mockServer.account.clientId)
})

// The SDK waits for ever where the body is compressed as well: its decompressor is not told.
test('a body that is cut off is an error', async () => {
  const mockServer = await start({
    gzip: false,
    faults: [{ path: /418-arm/, fault: { kind: 'cut-off' } }],
  })
  const { error } = await list(connect(mockServer), ARM)
  expect(error?.message).toMatch(/aborted/)
  expect(statuses(mockServer)).toEqual([200, 200, undefined])
})

test('secrets are planted in headers and bodies, of answers and of errors', async () => {
  const secret = 'someone@example.com'
  const client = connect(await start({ secrets: [secret] }))
  const found = await list(client, ARM)
  const missing = await list(client, ['eastus', 'azureopenshift', 'aro4', 'none'])
  for (const { text, headers } of [found, missing]) {
    expect(text).toContain(secret)
    for (const name of ['set-cookie', 'x-ms-client-principal-id', 'x-ms-operation-identifier']) {
      expect(headers[name]).toContain(encodeURIComponent(secret))
    }
  }
})

test('a mock server that was closed leaves no certificate of its own behind', async () => {
  const mockServer = await start({ hosts: ['login.example'] })
  expect(existsSync(mockServer.certificateFile)).toBe(true)
  await mockServer.close()
  expect(existsSync(mockServer.certificateFile)).toBe(false)
})
