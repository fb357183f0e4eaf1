import { createHash, createPrivateKey, createSign } from 'node:crypto'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { generate } from 'selfsigned'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { imagesBeforeBump } from '../mock-servers/azure-images.ts'
import type { FaultRule } from '../mock-servers/faults.ts'
import { type MockRequest, type MockResponse, startServer } from '../mock-servers/server.ts'
import { awsFor } from '../support/aws.ts'
import { azureFor, getToken, withoutLogin } from '../support/azure.ts'
import { run, temporaryFolder } from '../support/cli.ts'
import { gcpFor } from '../support/gcp.ts'
import { proxyFor } from '../support/proxy.ts'
import { json, signInFor } from '../support/sign-in.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'

type Environment = Readonly<Record<string, string>>

interface SignInMethod {
  readonly env: Environment
  readonly args?: readonly string[]
  /** Secrets that no file may contain, by name. */
  readonly secrets: Readonly<Record<string, string>>
  /** Returns the paths of the sign-in requests; undefined if the method sends none. */
  readonly signIns?: () => readonly string[]
  /** Makes the cloud respond with 403 to each query, or respond normally again. */
  readonly setForbidden: (isForbidden: boolean) => void
}

let folder: string
const at = (name: string) => join(folder, name)

beforeEach(async () => {
  folder = await temporaryFolder()
  await writeFile(at('rhcos.json'), smallStream(EXAMPLE))
})

/** Starts a plain HTTP server on the loopback address, as a metadata service is. */
async function startMetadataService(respond: (request: MockRequest) => MockResponse) {
  const server = await startServer(respond)
  onTestFinished(() => server.close())
  return server
}

const FAR_FUTURE = '2099-01-01T00:00:00Z'
const forbid = (path: RegExp): FaultRule => ({ path, fault: { kind: 'status', status: 403 } })
const getPaths = ({ requests }: { requests: readonly { path: string }[] }) =>
  requests.map(({ path }) => path)

async function createKeyPair() {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'a principal' }], {
    keyType: 'rsa',
    keySize: 2048,
    algorithm: 'sha256',
  })
  return { certificate: cert, key }
}

/** Returns one line of a private key, which is enough to recognize the key. */
const getKeyLine = (key: string) => key.split(/\r?\n/)[4] ?? ''

/** The first characters of every token of the Azure mock server. */
const AZURE_TOKEN = Buffer.from('{"typ":"JWT",').toString('base64url').slice(0, -1)

async function startAzure(certificate?: string) {
  const mockServer = await azureFor(imagesBeforeBump(), {
    ...(certificate !== undefined && { account: { certificate } }),
  })
  const { tenantId, clientId, subscriptionId, clientSecret } = mockServer.account
  return {
    mockServer,
    clientSecret,
    ids: { tenantId, clientId, subscriptionId },
    variables: {
      ...withoutLogin(mockServer),
      AZURE_TENANT_ID: tenantId,
      AZURE_CLIENT_ID: clientId,
      AZURE_SUBSCRIPTION_ID: subscriptionId,
    },
    secrets: {
      token: AZURE_TOKEN,
      subscription: subscriptionId,
      tenant: tenantId,
      client: clientId,
    },
    args: ['--azure-endpoint', mockServer.url],
    signIns: () => getPaths(mockServer).filter((path) => path.includes('oauth2/v2.0/token')),
    setForbidden: (isForbidden: boolean) =>
      mockServer.setFaults(isForbidden ? [forbid(/skus/)] : []),
  }
}

type AzureCloud = Awaited<ReturnType<typeof startAzure>>

/** Writes a service principal file and returns the variables that select the file. */
async function writeServicePrincipal(cloud: AzureCloud, members: object) {
  await writeFile(at('principal.json'), JSON.stringify({ ...cloud.ids, ...members }))
  return { ...withoutLogin(cloud.mockServer), AZURE_AUTH_LOCATION: at('principal.json') }
}

/** Starts a metadata service that issues tokens of a managed identity. */
async function startIdentityService(cloud: AzureCloud) {
  const token = await getToken(cloud.mockServer)
  const service = await startMetadataService(({ headers }) =>
    headers.metadata === 'true'
      ? json(200, {
          access_token: token,
          expires_in: '3600',
          expires_on: String(Math.floor(Date.now() / 1000) + 3600),
          resource: 'https://management.azure.com',
          token_type: 'Bearer',
          client_id: cloud.ids.clientId,
        })
      : json(400, { error: 'invalid_request' }),
  )
  return { url: service.url, signIns: () => getPaths(service) }
}

const AZURE: Record<string, () => Promise<SignInMethod>> = {
  'service principal file: secret': async () => {
    const cloud = await startAzure()
    const { clientSecret, secrets } = cloud
    const env = await writeServicePrincipal(cloud, { clientSecret })
    return { ...cloud, env, secrets: { ...secrets, 'client secret': clientSecret } }
  },
  'service principal file: without a subscription, with --subscription': async () => {
    const cloud = await startAzure()
    const { clientSecret, secrets, ids } = cloud
    const members = { clientSecret, subscriptionId: undefined }
    const env = await writeServicePrincipal(cloud, members)
    const args = [...cloud.args, '--subscription', ids.subscriptionId]
    return { ...cloud, env, args, secrets: { ...secrets, 'client secret': clientSecret } }
  },
  'service principal file: certificate with a password': async () => {
    const { certificate, key } = await createKeyPair()
    const cloud = await startAzure(certificate)
    const clientCertificatePassword = 'example-key-password'
    const encrypted = String(
      createPrivateKey(key).export({
        type: 'pkcs8',
        format: 'pem',
        cipher: 'aes-256-cbc',
        passphrase: clientCertificatePassword,
      }),
    )
    await writeFile(at('principal.pem'), `${certificate}\n${encrypted}`)
    return {
      ...cloud,
      env: await writeServicePrincipal(cloud, {
        clientCertificate: at('principal.pem'),
        clientCertificatePassword,
      }),
      secrets: {
        ...cloud.secrets,
        'private key': getKeyLine(encrypted),
        password: clientCertificatePassword,
      },
    }
  },
  'service principal file: identity of a virtual machine': async () => {
    const cloud = await startAzure()
    const { url, signIns } = await startIdentityService(cloud)
    const env = {
      ...(await writeServicePrincipal(cloud, {})),
      AZURE_POD_IDENTITY_AUTHORITY_HOST: url,
    }
    return { ...cloud, env, signIns }
  },
  'environment: secret': async () => {
    const cloud = await startAzure()
    const { clientSecret, secrets, variables } = cloud
    return {
      ...cloud,
      env: { ...variables, AZURE_CLIENT_SECRET: clientSecret },
      secrets: { ...secrets, 'client secret': clientSecret },
    }
  },
  'environment: certificate': async () => {
    const { certificate, key } = await createKeyPair()
    const cloud = await startAzure(certificate)
    await writeFile(at('principal.pem'), `${certificate}\n${key}`)
    return {
      ...cloud,
      env: { ...cloud.variables, AZURE_CLIENT_CERTIFICATE_PATH: at('principal.pem') },
      secrets: { ...cloud.secrets, 'private key': getKeyLine(key) },
    }
  },
  'workload identity': async () => {
    const { certificate, key } = await createKeyPair()
    const cloud = await startAzure(certificate)
    const parts = [
      { alg: 'RS256' },
      { iss: cloud.ids.clientId, exp: Math.floor(Date.now() / 1000) + 3600 },
    ].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    const signature = createSign('sha256').update(parts.join('.')).sign(key, 'base64url')
    await writeFile(at('federated'), [...parts, signature].join('.'))
    return {
      ...cloud,
      env: { ...cloud.variables, AZURE_FEDERATED_TOKEN_FILE: at('federated') },
      secrets: { ...cloud.secrets, 'federated token': signature },
    }
  },
  'managed identity': async () => {
    const cloud = await startAzure()
    const { url, signIns } = await startIdentityService(cloud)
    const { subscriptionId } = cloud.ids
    const env = {
      ...withoutLogin(cloud.mockServer),
      AZURE_SUBSCRIPTION_ID: subscriptionId,
      AZURE_POD_IDENTITY_AUTHORITY_HOST: url,
    }
    return { ...cloud, env, signIns }
  },
  'az login': async () => {
    const cloud = await startAzure()
    const { tenantId, subscriptionId: id } = cloud.ids
    const token = {
      accessToken: await getToken(cloud.mockServer),
      expiresOn: '2099-01-01 00:00:00.000000',
      expires_on: 4070908800,
      tokenType: 'Bearer',
    }
    await mkdir(at('.azure'))
    const subscriptions = [{ id, tenantId, isDefault: true }]
    await writeFile(at('.azure/azureProfile.json'), JSON.stringify({ subscriptions }))
    await writeFile(at('az'), `#!/bin/sh\necho '${JSON.stringify(token)}'\n`)
    await chmod(at('az'), 0o755)
    return {
      ...cloud,
      env: { ...withoutLogin(cloud.mockServer), HOME: folder, PATH: `${folder}:/usr/bin:/bin` },
    }
  },
}

const ROLE = 'arn:aws:iam::482915537706:role/reader'

async function startAws() {
  const mockServer = await awsFor()
  const { accountId, accessKeyId, secretAccessKey, sessionToken } = mockServer.account
  const { NODE_EXTRA_CA_CERTS, NO_PROXY, AWS_ENDPOINT_URL_EC2 } = mockServer.environment
  return {
    mockServer,
    keys: { accessKeyId, secretAccessKey, sessionToken },
    connection: { NODE_EXTRA_CA_CERTS, NO_PROXY, AWS_ENDPOINT_URL_EC2 },
    env: {
      NODE_EXTRA_CA_CERTS,
      NO_PROXY,
      AWS_ENDPOINT_URL_EC2,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: at('config'),
      AWS_SHARED_CREDENTIALS_FILE: at('credentials'),
    },
    args: ['--regions', 'us-east-1'],
    secrets: {
      'access key': accessKeyId,
      'secret key': secretAccessKey,
      'session token': sessionToken,
      account: accountId,
    },
    setForbidden: (isForbidden: boolean) =>
      mockServer.setFaults(isForbidden ? [forbid(/^\//)] : []),
  }
}

type AwsCloud = Awaited<ReturnType<typeof startAws>>

/** Returns credentials in the form of the container and instance metadata services. */
function getCredentials({ keys }: AwsCloud) {
  const { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token } = keys
  return { AccessKeyId, SecretAccessKey, Token, Expiration: FAR_FUTURE }
}

/** Returns variables that trust the cloud and a second service. */
async function trustService(cloud: AwsCloud, service: { certificate: string }) {
  const pems = [cloud.mockServer.certificate, service.certificate]
  await writeFile(at('certificates.pem'), pems.join(''))
  return { ...cloud.env, NODE_EXTRA_CA_CERTS: at('certificates.pem') }
}

/** Starts an STS that returns the keys of the account for every action. */
function startSts({ keys }: AwsCloud) {
  return signInFor(({ body }) => {
    const action = new URLSearchParams(body).get('Action')
    const credentials = Object.entries({ ...keys, expiration: FAR_FUTURE })
      .map(([name, value]) => [`${name[0]?.toUpperCase()}${name.slice(1)}`, value])
      .map(([name, value]) => `<${name}>${value}</${name}>`)
      .join('')
    return {
      status: 200,
      headers: { 'content-type': 'text/xml' },
      body: `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result><Credentials>${credentials}</Credentials></${action}Result></${action}Response>`,
    }
  })
}

/** Writes an SSO login and starts a portal that returns credentials of a role for the login. */
async function signInWithSso(): Promise<SignInMethod> {
  const cloud = await startAws()
  const host = 'portal.sso.us-east-1.amazonaws.com'
  const login = 'example-login-token-0123456789'
  const service = await signInFor(
    ({ headers }) =>
      headers['x-amz-sso_bearer_token'] === login
        ? json(200, { roleCredentials: { ...cloud.keys, expiration: Date.parse(FAR_FUTURE) } })
        : json(401, {}),
    { hosts: [host] },
  )
  const proxy = await proxyFor({ hosts: { [host]: service.port } })
  await mkdir(at('.aws/sso/cache'), { recursive: true })
  const name = createHash('sha1').update('session').digest('hex')
  await writeFile(
    at(`.aws/sso/cache/${name}.json`),
    JSON.stringify({ accessToken: login, expiresAt: FAR_FUTURE }),
  )
  await writeFile(
    at('config'),
    '[profile work]\nsso_session = session\nsso_account_id = 482915537706\nsso_role_name = reader\n' +
      '[sso-session session]\nsso_start_url = https://work.example/start\nsso_region = us-east-1\n',
  )
  return {
    ...cloud,
    env: {
      ...(await trustService(cloud, service)),
      HTTPS_PROXY: proxy.url,
      HOME: folder,
      AWS_PROFILE: 'work',
    },
    secrets: { ...cloud.secrets, 'login token': login },
    signIns: () => getPaths(service),
  }
}

const AWS: Record<string, () => Promise<SignInMethod>> = {
  environment: async () => {
    const cloud = await startAws()
    return { ...cloud, env: cloud.mockServer.environment }
  },
  'profile: keys': async () => {
    const cloud = await startAws()
    const { accessKeyId, secretAccessKey, sessionToken } = cloud.keys
    await writeFile(
      at('credentials'),
      `[work]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\naws_session_token = ${sessionToken}\n`,
    )
    return { ...cloud, env: { ...cloud.env, AWS_PROFILE: 'work' } }
  },
  'profile: role': async () => {
    const cloud = await startAws()
    const service = await startSts(cloud)
    const secret = 'example-secret-key-of-the-source-profile'
    await writeFile(
      at('credentials'),
      `[base]\naws_access_key_id = AKIASOURCEOFTHISROLE\naws_secret_access_key = ${secret}\n`,
    )
    await writeFile(at('config'), `[profile work]\nrole_arn = ${ROLE}\nsource_profile = base\n`)
    return {
      ...cloud,
      env: {
        ...(await trustService(cloud, service)),
        AWS_ENDPOINT_URL_STS: service.url,
        AWS_PROFILE: 'work',
      },
      secrets: { ...cloud.secrets, 'secret key of the source profile': secret, role: ROLE },
      signIns: () => getPaths(service),
    }
  },
  'profile: aws sso login': signInWithSso,
  'web identity': async () => {
    const cloud = await startAws()
    const service = await startSts(cloud)
    const token = 'example.identity.token'
    await writeFile(at('identity'), token)
    return {
      ...cloud,
      env: {
        ...(await trustService(cloud, service)),
        AWS_ENDPOINT_URL_STS: service.url,
        AWS_WEB_IDENTITY_TOKEN_FILE: at('identity'),
        AWS_ROLE_ARN: ROLE,
      },
      secrets: { ...cloud.secrets, 'identity token': token, role: ROLE },
      signIns: () => getPaths(service),
    }
  },
  container: async () => {
    const cloud = await startAws()
    const token = 'Bearer example-container-token'
    const container = await startMetadataService(({ headers }) =>
      headers.authorization === token ? json(200, getCredentials(cloud)) : json(403, {}),
    )
    return {
      ...cloud,
      env: {
        ...cloud.env,
        AWS_CONTAINER_CREDENTIALS_FULL_URI: `${container.url}/credentials`,
        AWS_CONTAINER_AUTHORIZATION_TOKEN: token,
      },
      secrets: { ...cloud.secrets, 'token of the container': token },
      signIns: () => getPaths(container),
    }
  },
  'profile: credential_process': async () => {
    const cloud = await startAws()
    const output = { Version: 1, ...getCredentials(cloud), SessionToken: cloud.keys.sessionToken }
    await writeFile(at('output'), JSON.stringify(output))
    await writeFile(at('config'), `[default]\ncredential_process = cat ${at('output')}\n`)
    return cloud
  },
  machine: async () => {
    const cloud = await startAws()
    const token = 'example-metadata-token-0123456789'
    const role = '/latest/meta-data/iam/security-credentials/'
    const metadata = await startMetadataService(({ path, headers }) => {
      if (path === '/latest/api/token') return { status: 200, body: token }
      if (headers['x-aws-ec2-metadata-token'] !== token) return { status: 401 }
      if (path === role) return { status: 200, body: 'reader' }
      return json(200, { Code: 'Success', ...getCredentials(cloud) })
    })
    return {
      ...cloud,
      env: { ...cloud.connection, AWS_EC2_METADATA_SERVICE_ENDPOINT: metadata.url },
      secrets: { ...cloud.secrets, 'token of the metadata service': token },
      signIns: () => getPaths(metadata),
    }
  },
}

const GCP_TOKEN = 'ya29.example-token-0123456789abcdef'

/** Starts Compute, and sign-in services by host behind a proxy. */
async function startGcp(
  services: Readonly<Record<string, (request: MockRequest) => MockResponse>> = {},
) {
  const mockServer = await gcpFor({ tokens: [GCP_TOKEN] })
  const hosts = Object.keys(services)
  const service = await signInFor(
    (request) => services[request.headers.host ?? '']?.(request) ?? { status: 404 },
    { hosts },
  )
  const proxy = await proxyFor({
    hosts: Object.fromEntries(hosts.map((host) => [host, service.port])),
  })
  await writeFile(at('certificates.pem'), mockServer.certificate + service.certificate)
  return {
    mockServer,
    env: {
      NODE_EXTRA_CA_CERTS: at('certificates.pem'),
      NO_PROXY: '127.0.0.1',
      HTTPS_PROXY: proxy.url,
      HOME: folder,
    },
    args: ['--gcp-endpoint', mockServer.url],
    secrets: { token: GCP_TOKEN },
    signIns: () => getPaths(service),
    setForbidden: (isForbidden: boolean) =>
      mockServer.setFaults(isForbidden ? [forbid(/images/)] : []),
  }
}

/** Writes an external account file, which exchanges a token from another file. */
async function writeExternalAccount(more: object) {
  const subject = 'example.subject.token'
  await writeFile(at('subject'), subject)
  const audience =
    '//iam.googleapis.com/projects/730114925586/locations/global/workloadIdentityPools/pool/providers/ours'
  const members = {
    type: 'external_account',
    audience,
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    token_url: 'https://sts.googleapis.com/v1/token',
    credential_source: { file: at('subject') },
    ...more,
  }
  await writeFile(at('external.json'), JSON.stringify(members))
  return { subject, audience, GOOGLE_APPLICATION_CREDENTIALS: at('external.json') }
}

const exchangeToken = (token: string) => () =>
  json(200, {
    access_token: token,
    issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    token_type: 'Bearer',
    expires_in: 3600,
  })

/** A user login as gcloud stores it. */
const USER = {
  type: 'authorized_user',
  client_id: '764086051850-example.apps.googleusercontent.com',
  client_secret: 'd-not-a-secret-0123456789',
  refresh_token: '1//not-a-refresh-token-0123456789',
  quota_project_id: 'example-project-417',
}
const USER_SECRETS = {
  'refresh token': USER.refresh_token,
  'client secret': USER.client_secret,
  client: USER.client_id,
  project: USER.quota_project_id,
}

async function writeDefaultCredentials(members: object): Promise<void> {
  await mkdir(at('.config/gcloud'), { recursive: true })
  const file = '.config/gcloud/application_default_credentials.json'
  await writeFile(at(file), JSON.stringify(members))
}

const refreshToken =
  (token: string) =>
  ({ body }: MockRequest) =>
    new URLSearchParams(body).get('refresh_token') === USER.refresh_token
      ? json(200, { access_token: token, expires_in: 3600, token_type: 'Bearer' })
      : json(400, { error: 'invalid_grant' })

/** The service that issues tokens for an impersonated service account. */
const IAM = 'iamcredentials.googleapis.com'
const getImpersonationUrl = (account: string) =>
  `https://${IAM}/v1/projects/-/serviceAccounts/${account}:generateAccessToken`
const issueToken =
  (token: string) =>
  ({ headers }: MockRequest) =>
    headers.authorization === `Bearer ${token}`
      ? json(200, { accessToken: GCP_TOKEN, expireTime: FAR_FUTURE })
      : json(401, {})

const GCP: Record<string, () => Promise<SignInMethod>> = {
  'login: user': async () => {
    const cloud = await startGcp({ 'oauth2.googleapis.com': refreshToken(GCP_TOKEN) })
    await writeDefaultCredentials(USER)
    return { ...cloud, secrets: { ...cloud.secrets, ...USER_SECRETS } }
  },
  'file: service account key': async () => {
    const { signIns: _, ...cloud } = await startGcp()
    const { file, email, keyId, projectId } = cloud.mockServer.account
    const { private_key: key } = JSON.parse(await readFile(file, 'utf8'))
    return {
      ...cloud,
      env: { ...cloud.env, GOOGLE_APPLICATION_CREDENTIALS: file },
      secrets: {
        token: Buffer.from('{"alg":"RS256",').toString('base64url'),
        'private key': getKeyLine(key),
        'key id': keyId,
        account: email,
        project: projectId,
      },
    }
  },
  'file: external account': async () => {
    const cloud = await startGcp({ 'sts.googleapis.com': exchangeToken(GCP_TOKEN) })
    const { subject, audience, ...variables } = await writeExternalAccount({})
    return {
      ...cloud,
      env: { ...cloud.env, ...variables },
      secrets: { ...cloud.secrets, 'subject token': subject, audience },
    }
  },
  'file: external account that impersonates a service account': async () => {
    const federated = 'ya29.d-federated-token-0123456789'
    const account = 'reader@example-project-417.iam.gserviceaccount.com'
    const cloud = await startGcp({
      'sts.googleapis.com': exchangeToken(federated),
      [IAM]: issueToken(federated),
    })
    const { subject, audience, ...variables } = await writeExternalAccount({
      service_account_impersonation_url: getImpersonationUrl(account),
    })
    return {
      ...cloud,
      env: { ...cloud.env, ...variables },
      secrets: {
        ...cloud.secrets,
        'federated token': federated,
        'subject token': subject,
        audience,
        account,
      },
    }
  },
  machine: async () => {
    const cloud = await startGcp()
    const account = 'machine@example-project-417.iam.gserviceaccount.com'
    const metadata = await startMetadataService(({ path }) => {
      const response = path.endsWith('/token')
        ? json(200, { access_token: GCP_TOKEN, expires_in: 3600, token_type: 'Bearer' })
        : { status: 200, body: path.endsWith('/email') ? account : 'example-project-417' }
      return { ...response, headers: { ...response.headers, 'metadata-flavor': 'Google' } }
    })
    return {
      ...cloud,
      env: { ...cloud.env, GCE_METADATA_HOST: new URL(metadata.url).host },
      secrets: { ...cloud.secrets, account, project: 'example-project-417' },
      signIns: () => getPaths(metadata).filter((path) => path.includes('/token')),
    }
  },
}

/** Returns the encodings in which a file could contain a text. */
const getEncodings = (text: string) => [
  text,
  JSON.stringify(text).slice(1, -1),
  encodeURIComponent(text),
  ...[0, 1, 2].map((shift) =>
    Buffer.from(' '.repeat(shift) + text)
      .toString('base64')
      .slice(4, -4),
  ),
]

/** Returns the names of the sign-in methods of a cloud in docs/credentials.md. */
async function readDocumentedMethods(cloud: string): Promise<string[]> {
  const page = await readFile(new URL('../../docs/credentials.md', import.meta.url), 'utf8')
  const [, section = ''] = page.split(`\n## ${cloud}\n\n| sign-in |`)
  const [table = ''] = section.split('\n\n')
  return [...table.matchAll(/^\| (\w.*?) \|/gm)].map(([, name = '']) => name)
}

describe.each(Object.entries({ Azure: AZURE, AWS, GCP }))('capture from %s', (cloud, methods) => {
  it.each(Object.entries(methods))('signs in and writes no secrets: %s', async (_, start) => {
    const { env, args = [], secrets, signIns, setForbidden } = await start()
    const capture = () =>
      run(
        ['capture', at('s.json'), '--debug', '--cloud', cloud.toLowerCase()].concat(
          ['--stream', at('rhcos.json')],
          args,
        ),
        // The SDKs cache tokens in the process, so each capture has its own process.
        { env, node: [] },
      )
    setForbidden(true)
    const forbidden = await capture()
    expect(forbidden.status).toBe(3)
    expect(forbidden.stderr).toMatch(/returned 403/)
    setForbidden(false)
    const allowed = await capture()
    expect(allowed, allowed.stderr).toMatchObject({ status: 0, stdout: '' })
    if (signIns) expect(signIns()).not.toEqual([])

    const files = await Promise.all(
      ['s.json', 's.recording.json'].map((name) => readFile(at(name), 'utf8')),
    )
    const written = [...files, forbidden.stderr, allowed.stderr].join('\n')
    for (const [name, secret] of Object.entries(secrets)) {
      expect(secret.length, name).toBeGreaterThan(10)
      expect(
        getEncodings(secret).filter((each) => written.includes(each)),
        name,
      ).toEqual([])
    }
  })

  it('has a test for every sign-in method in docs/credentials.md', async () => {
    const names = Object.keys(methods).map((name) => name.split(':')[0])
    expect((await readDocumentedMethods(cloud)).sort()).toEqual([...new Set(names)].sort())
  })
})
