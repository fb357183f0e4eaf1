import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type AwsMockServer, startAws } from '../mock-servers/aws.ts'
import { demonstrationImages as awsImages } from '../mock-servers/aws-images.ts'
import { type AzureMockServer, startAzure } from '../mock-servers/azure.ts'
import { imagesBeforeBump } from '../mock-servers/azure-images.ts'
import { makeCertificate } from '../mock-servers/certificate.ts'
import { startGcp } from '../mock-servers/gcp.ts'
import { demonstrationImages as gcpImages } from '../mock-servers/gcp-images.ts'
import { startProxy } from '../mock-servers/proxy.ts'
import { type Answer, type MockRequest, startServer } from '../mock-servers/server.ts'
import { tokenOf } from '../support/azure.ts'
import { json } from '../support/sign-in.ts'
import { behindFront, type Service, streamOf } from './services.ts'

const GOOD = 'ya29.plantedTokenOfNobody'
const REFRESH = '1//planted-refresh-token-of-nobody'
const ASSERTION = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJwbGFudGVkIn0.cGxhbnRlZA'

type Handler = (request: MockRequest) => Answer

/** What gives out credentials: over TLS, and with `isPlain` what a machine has of its own. */
async function giver(handler: Handler, { isPlain = false, hosts = [] as string[] } = {}) {
  const certificate = await makeCertificate(hosts)
  const server = await startServer(handler, isPlain ? {} : { certificate })
  return {
    ...server,
    trusted: [certificate.pem],
    close: async () => {
      await Promise.all([server.close(), certificate.remove()])
    },
  }
}

/** Azure behind another host name, so that what gives out its tokens is a server by itself. */
async function azureWith(
  folder: string,
  make: (mockServer: AzureMockServer, token: string) => Promise<Awaited<ReturnType<typeof giver>>>,
  env: (url: string) => Record<string, string>,
  path: RegExp,
): Promise<Service> {
  const mockServer = await startAzure({ images: imagesBeforeBump() })
  const token = await tokenOf(mockServer)
  const server = await make(mockServer, token)
  const { AZURE_SUBSCRIPTION_ID, AZURE_TENANT_ID } = mockServer.environment
  const service = {
    path,
    args: [
      '--azure-endpoint',
      mockServer.url.replace('127.0.0.1', 'localhost'),
      ...streamOf(folder),
    ],
    env: { AZURE_SUBSCRIPTION_ID, AZURE_TENANT_ID, ...env(server.url) },
    trusted: [mockServer.certificate, ...server.trusted],
    secrets: [token, ASSERTION, mockServer.account.clientSecret, AZURE_SUBSCRIPTION_ID],
  }
  return behindFront(server, service, [mockServer])
}

const CLIENT = 'b31f0c7d-86e2-4f95-a7d3-0e9c4461ab28'

/** The account of a machine or a container, or a role, on AWS. */
async function awsWith(
  folder: string,
  make: (mockServer: AwsMockServer) => Promise<Awaited<ReturnType<typeof giver>>>,
  env: (url: string) => Record<string, string>,
  path = /\//,
): Promise<Service> {
  const mockServer = await startAws({ images: awsImages() })
  const server = await make(mockServer)
  const { accessKeyId, secretAccessKey, sessionToken } = mockServer.account
  const service = {
    path,
    args: ['--cloud', 'aws', '--regions', 'us-east-1', ...streamOf(folder)],
    env: {
      AWS_ENDPOINT_URL_EC2: mockServer.url.replace('127.0.0.1', 'localhost'),
      HOME: folder,
      ...env(server.url),
    },
    trusted: [mockServer.certificate, ...server.trusted],
    secrets: [accessKeyId, secretAccessKey, sessionToken, ASSERTION],
  }
  return behindFront(server, service, [mockServer])
}

const FAR = '2099-01-01T00:00:00Z'
const NO_MACHINE = { AWS_EC2_METADATA_DISABLED: 'true' }

/** As containers and machines get them. */
const keysOf = ({ account }: AwsMockServer) => ({
  Code: 'Success',
  Type: 'AWS-HMAC',
  AccessKeyId: account.accessKeyId,
  SecretAccessKey: account.secretAccessKey,
  Token: account.sessionToken,
  Expiration: FAR,
  LastUpdated: '2026-01-01T00:00:00Z',
})

async function gcpWith(
  folder: string,
  make: () => Promise<Awaited<ReturnType<typeof giver>>>,
  env: (server: Awaited<ReturnType<typeof giver>>) => Promise<Record<string, string>>,
  path: RegExp,
  others: { close(): Promise<unknown> }[] = [],
): Promise<Service> {
  const compute = await startGcp({ images: gcpImages(), tokens: [GOOD] })
  const server = await make()
  const service = {
    path,
    args: [
      '--cloud',
      'gcp',
      '--gcp-endpoint',
      compute.url.replace('127.0.0.1', 'localhost'),
      ...streamOf(folder),
    ],
    env: await env(server),
    trusted: [compute.certificate, ...server.trusted],
    secrets: [GOOD, REFRESH, ASSERTION],
  }
  return behindFront(server, service, [compute, ...others])
}

const bearer = json(200, { access_token: GOOD, expires_in: 3599, token_type: 'Bearer' })
const exchanged = json(200, {
  access_token: GOOD,
  expires_in: 3599,
  token_type: 'Bearer',
  issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
})

/** The ways to sign in that ask somebody, each with who is asked behind a front. */
export const SIGN_INS: Readonly<Record<string, (folder: string) => Promise<Service>>> = {
  'Azure, a secret': async (folder) => {
    const server = await startAzure({ images: imagesBeforeBump() })
    return behindFront(server, {
      path: /oauth2\/v2\.0\/token/,
      args: ['--azure-endpoint', server.url.replace('127.0.0.1', 'localhost'), ...streamOf(folder)],
      env: server.environment,
      trusted: [server.certificate],
      secrets: [server.account.clientSecret, server.account.subscriptionId],
    })
  },

  'Azure, a workload': async (folder) => {
    await writeFile(join(folder, 'assertion'), ASSERTION)
    return azureWith(
      folder,
      ({ account }, token) =>
        giver(({ path, headers }) => {
          const base = `https://${headers.host}/${account.tenantId}`
          return path.endsWith('/token')
            ? json(200, { access_token: token, expires_in: 3599, token_type: 'Bearer' })
            : json(200, {
                issuer: `${base}/v2.0`,
                token_endpoint: `${base}/oauth2/v2.0/token`,
                authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
                jwks_uri: `${base}/discovery/v2.0/keys`,
              })
        }),
      (url) => ({
        AZURE_AUTHORITY_HOST: url,
        AZURE_CLIENT_ID: CLIENT,
        AZURE_FEDERATED_TOKEN_FILE: join(folder, 'assertion'),
        AZURE_TOKEN_CREDENTIALS: 'WorkloadIdentityCredential',
      }),
      /token/,
    )
  },

  'Azure, a machine': (folder) =>
    azureWith(
      folder,
      (_, token) =>
        giver(
          () =>
            json(200, {
              access_token: token,
              expires_on: '4070908800',
              expires_in: '86400',
              resource: 'https://management.azure.com/',
              token_type: 'Bearer',
            }),
          { isPlain: true },
        ),
      (url) => ({
        AZURE_POD_IDENTITY_AUTHORITY_HOST: url,
        AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential',
      }),
      /\//,
    ),

  'AWS, a web identity (STS)': async (folder) => {
    await writeFile(join(folder, 'assertion'), ASSERTION)
    return awsWith(
      folder,
      ({ account: { accessKeyId, secretAccessKey, sessionToken } }) =>
        giver(() => ({
          status: 200,
          headers: { 'content-type': 'text/xml' },
          body: `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>${accessKeyId}</AccessKeyId><SecretAccessKey>${secretAccessKey}</SecretAccessKey><SessionToken>${sessionToken}</SessionToken><Expiration>${FAR}</Expiration></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`,
        })),
      (url) => ({
        ...NO_MACHINE,
        AWS_ENDPOINT_URL_STS: url,
        AWS_WEB_IDENTITY_TOKEN_FILE: join(folder, 'assertion'),
        AWS_ROLE_ARN: 'arn:aws:iam::482915537706:role/somebody',
      }),
    )
  },

  'AWS, a portal (SSO)': async (folder) => {
    const cache = join(folder, '.aws', 'sso', 'cache')
    await mkdir(cache, { recursive: true })
    const file = `${createHash('sha1').update('s').digest('hex')}.json`
    const session = { startUrl: 'https://work.example/start', region: 'us-east-1' }
    await writeFile(
      join(cache, file),
      JSON.stringify({ ...session, accessToken: ASSERTION, expiresAt: FAR }),
    )
    await writeFile(
      join(folder, 'config'),
      '[profile work]\nsso_session = s\nsso_account_id = 482915537706\nsso_role_name = reader\n' +
        '[sso-session s]\nsso_start_url = https://work.example/start\nsso_region = us-east-1\n',
    )
    return awsWith(
      folder,
      ({ account: { accessKeyId, secretAccessKey, sessionToken } }) =>
        giver(() =>
          json(200, {
            roleCredentials: {
              accessKeyId,
              secretAccessKey,
              sessionToken,
              expiration: 4070908800000,
            },
          }),
        ),
      (url) => ({
        ...NO_MACHINE,
        AWS_ENDPOINT_URL_SSO: url,
        AWS_CONFIG_FILE: join(folder, 'config'),
        AWS_PROFILE: 'work',
      }),
    )
  },

  'AWS, a container': (folder) =>
    awsWith(
      folder,
      (mockServer) => giver(() => json(200, keysOf(mockServer)), { isPlain: true }),
      (url) => ({
        ...NO_MACHINE,
        AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/credentials`,
        AWS_CONTAINER_AUTHORIZATION_TOKEN: ASSERTION,
      }),
    ),

  'AWS, a machine': (folder) =>
    awsWith(
      folder,
      (mockServer) =>
        giver(
          ({ path }) => {
            if (path.endsWith('/api/token')) return { status: 200, body: ASSERTION }
            if (path.endsWith('/security-credentials/')) return { status: 200, body: 'reader' }
            return json(200, keysOf(mockServer))
          },
          { isPlain: true },
        ),
      (url) => ({ AWS_EC2_METADATA_SERVICE_ENDPOINT: url }),
      /security-credentials/,
    ),

  'Google, a person': async (folder) => {
    const host = 'oauth2.googleapis.com'
    const hosts: Record<string, number> = {}
    const proxy = await startProxy({ hosts })
    const login = {
      type: 'authorized_user',
      client_id: '764086051850.apps.googleusercontent.com',
      client_secret: 'd-not-a-secret',
      refresh_token: REFRESH,
    }
    await writeFile(join(folder, 'login.json'), JSON.stringify(login))
    const service = await gcpWith(
      folder,
      () => giver(() => bearer, { hosts: [host] }),
      async () => ({
        NO_PROXY: 'localhost',
        HTTPS_PROXY: proxy.url,
        GOOGLE_APPLICATION_CREDENTIALS: join(folder, 'login.json'),
      }),
      /token/,
      [proxy],
    )
    hosts[host] = service.front.port
    return service
  },

  'Google, a workload (STS)': async (folder) => {
    await writeFile(join(folder, 'assertion'), ASSERTION)
    return external(folder, {}, exchanged)
  },

  'Google, another account': async (folder) => {
    await writeFile(join(folder, 'assertion'), ASSERTION)
    return external(
      folder,
      { service_account_impersonation_url: '/impersonate' },
      json(200, { accessToken: GOOD, expireTime: FAR }),
    )
  },

  'Google, a machine': (folder) =>
    gcpWith(
      folder,
      () =>
        giver(
          ({ path }) => {
            const flavor = { 'metadata-flavor': 'Google' }
            if (path.endsWith('/token')) {
              return { ...bearer, headers: { ...bearer.headers, ...flavor } }
            }
            return { status: 200, headers: flavor, body: 'googleapis.com' }
          },
          { isPlain: true },
        ),
      async ({ url }) => ({
        HOME: folder,
        GCE_METADATA_HOST: new URL(url).host,
        METADATA_SERVER_DETECTION: 'assume-present',
      }),
      /token/,
    ),
}

/** A workload's token for one of Google, and perhaps that for one of a service account. */
async function external(
  folder: string,
  more: Readonly<Record<string, string>>,
  last: Answer,
): Promise<Service> {
  const isTwo = Object.keys(more).length > 0
  const file = join(folder, 'external.json')
  const service = await gcpWith(
    folder,
    () => giver(({ path }) => (path === '/token' ? exchanged : last)),
    async () => ({ GOOGLE_APPLICATION_CREDENTIALS: file }),
    isTwo ? /impersonate/ : /token/,
  )
  const url = `https://127.0.0.1:${service.front.port}`
  const urls = Object.fromEntries(Object.entries(more).map(([name, path]) => [name, url + path]))
  await writeFile(
    file,
    JSON.stringify({
      type: 'external_account',
      audience:
        '//iam.googleapis.com/projects/730114925586/locations/global/workloadIdentityPools/p/providers/q',
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      token_url: `${url}/token`,
      credential_source: { file: join(folder, 'assertion') },
      ...urls,
    }),
  )
  return service
}
