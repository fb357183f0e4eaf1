import { createHash, createPrivateKey, createSign } from 'node:crypto'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { generate } from 'selfsigned'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { imagesBeforeBump } from '../mock-servers/azure-images.ts'
import type { FaultRule } from '../mock-servers/faults.ts'
import { type Answer, type MockRequest, startServer } from '../mock-servers/server.ts'
import { awsFor } from '../support/aws.ts'
import { azureFor, getToken, withoutLogin } from '../support/azure.ts'
import { run, temporaryFolder } from '../support/cli.ts'
import { gcpFor } from '../support/gcp.ts'
import { proxyFor } from '../support/proxy.ts'
import { json, signInFor } from '../support/sign-in.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'

type Environment = Readonly<Record<string, string>>

/** A way to sign in, made ready with its cloud and whoever gives out the tokens. */
interface Way {
  readonly env: Environment
  readonly args?: readonly string[]
  /** Secrets that no file may contain, by name. */
  readonly secrets: Readonly<Record<string, string>>
  /** The paths of what the library asked to sign in; nobody is asked where the way has no service. */
  readonly signIns?: () => readonly string[]
  /** Makes the cloud refuse what it is asked, or no more. */
  readonly refuse: (isOn: boolean) => void
}

let folder: string
const at = (name: string) => join(folder, name)

beforeEach(async () => {
  folder = await temporaryFolder()
  await writeFile(at('rhcos.json'), smallStream(EXAMPLE))
})

/** Who answers on this machine alone, in the clear, as a metadata service does. */
async function machineFor(answer: (request: MockRequest) => Answer) {
  const server = await startServer(answer)
  onTestFinished(() => server.close())
  return server
}

const NEVER = '2099-01-01T00:00:00Z'
const forbidden = (path: RegExp): FaultRule => ({ path, fault: { kind: 'status', status: 403 } })
const getPaths = ({ requests }: { requests: readonly { path: string }[] }) =>
  requests.map(({ path }) => path)

/** A certificate and its private key, and a line of the key, by which it would be known. */
async function keyPair() {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'a principal' }], {
    keyType: 'rsa',
    keySize: 2048,
    algorithm: 'sha256',
  })
  return { certificate: cert, key, line: key.split(/\r?\n/)[4] ?? '' }
}

/** How each token of Azure's mock server begins. */
const AZURE_TOKEN = Buffer.from('{"typ":"JWT",').toString('base64url').slice(0, -1)

async function azure(certificate?: string) {
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
    refuse: (isOn: boolean) => mockServer.setFaults(isOn ? [forbidden(/skus/)] : []),
  }
}

/** The same by a file of a service principal with these members besides. */
async function principal(cloud: Awaited<ReturnType<typeof azure>>, more: object) {
  await writeFile(at('principal.json'), JSON.stringify({ ...cloud.ids, ...more }))
  return { ...withoutLogin(cloud.mockServer), AZURE_AUTH_LOCATION: at('principal.json') }
}

/** A machine that gives out tokens of its identity, and what was asked of it. */
async function identity(cloud: Awaited<ReturnType<typeof azure>>) {
  const token = await getToken(cloud.mockServer)
  const machine = await machineFor(({ headers }) =>
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
  return { url: machine.url, signIns: () => getPaths(machine) }
}

const AZURE: Record<string, () => Promise<Way>> = {
  'service principal file: secret': async () => {
    const cloud = await azure()
    const { clientSecret, secrets } = cloud
    const env = await principal(cloud, { clientSecret })
    return { ...cloud, env, secrets: { ...secrets, 'client secret': clientSecret } }
  },
  'service principal file: certificate with a password': async () => {
    const { certificate, key } = await keyPair()
    const cloud = await azure(certificate)
    const clientCertificatePassword = 'opens-nothing-else'
    const locked = String(
      createPrivateKey(key).export({
        type: 'pkcs8',
        format: 'pem',
        cipher: 'aes-256-cbc',
        passphrase: clientCertificatePassword,
      }),
    )
    await writeFile(at('principal.pem'), `${certificate}\n${locked}`)
    return {
      ...cloud,
      env: await principal(cloud, {
        clientCertificate: at('principal.pem'),
        clientCertificatePassword,
      }),
      secrets: {
        ...cloud.secrets,
        'private key': locked.split('\n')[4] ?? '',
        password: clientCertificatePassword,
      },
    }
  },
  'service principal file: identity of a virtual machine': async () => {
    const cloud = await azure()
    const { url, signIns } = await identity(cloud)
    const env = { ...(await principal(cloud, {})), AZURE_POD_IDENTITY_AUTHORITY_HOST: url }
    return { ...cloud, env, signIns }
  },
  'environment: secret': async () => {
    const cloud = await azure()
    const { clientSecret, secrets, variables } = cloud
    return {
      ...cloud,
      env: { ...variables, AZURE_CLIENT_SECRET: clientSecret },
      secrets: { ...secrets, 'client secret': clientSecret },
    }
  },
  'environment: certificate': async () => {
    const { certificate, key, line } = await keyPair()
    const cloud = await azure(certificate)
    await writeFile(at('principal.pem'), `${certificate}\n${key}`)
    return {
      ...cloud,
      env: { ...cloud.variables, AZURE_CLIENT_CERTIFICATE_PATH: at('principal.pem') },
      secrets: { ...cloud.secrets, 'private key': line },
    }
  },
  'workload identity': async () => {
    const { certificate, key } = await keyPair()
    const cloud = await azure(certificate)
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
    const cloud = await azure()
    const { url, signIns } = await identity(cloud)
    const { subscriptionId } = cloud.ids
    const env = {
      ...withoutLogin(cloud.mockServer),
      AZURE_SUBSCRIPTION_ID: subscriptionId,
      AZURE_POD_IDENTITY_AUTHORITY_HOST: url,
    }
    return { ...cloud, env, signIns }
  },
  'az login': async () => {
    const cloud = await azure()
    const { tenantId, subscriptionId: id } = cloud.ids
    const answer = {
      accessToken: await getToken(cloud.mockServer),
      expiresOn: '2099-01-01 00:00:00.000000',
      expires_on: 4070908800,
      tokenType: 'Bearer',
    }
    await mkdir(at('.azure'))
    const subscriptions = [{ id, tenantId, isDefault: true }]
    await writeFile(at('.azure/azureProfile.json'), JSON.stringify({ subscriptions }))
    await writeFile(
      at('az'),
      `#!/bin/sh\necho asked >> ${at('asked')}\necho '${JSON.stringify(answer)}'\n`,
    )
    await chmod(at('az'), 0o755)
    return {
      ...cloud,
      env: { ...withoutLogin(cloud.mockServer), HOME: folder, PATH: `${folder}:/usr/bin:/bin` },
    }
  },
}

const ROLE = 'arn:aws:iam::482915537706:role/reader'

async function aws() {
  const mockServer = await awsFor()
  const { accountId, accessKeyId, secretAccessKey, sessionToken } = mockServer.account
  const { NODE_EXTRA_CA_CERTS, NO_PROXY, AWS_ENDPOINT_URL_EC2 } = mockServer.environment
  return {
    mockServer,
    keys: { accessKeyId, secretAccessKey, sessionToken },
    found: { NODE_EXTRA_CA_CERTS, NO_PROXY, AWS_ENDPOINT_URL_EC2 },
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
    refuse: (isOn: boolean) => mockServer.setFaults(isOn ? [forbidden(/^\//)] : []),
  }
}

/** As the services of a container and a machine give them out. */
function getCredentials({ keys }: Awaited<ReturnType<typeof aws>>) {
  const { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token } = keys
  return { AccessKeyId, SecretAccessKey, Token, Expiration: NEVER }
}

/** The same where another service, trusted besides, is asked to sign in. */
async function trusting(cloud: Awaited<ReturnType<typeof aws>>, service: { certificate: string }) {
  const pems = [cloud.mockServer.certificate, service.certificate]
  await writeFile(at('certificates.pem'), pems.join(''))
  return { ...cloud.env, NODE_EXTRA_CA_CERTS: at('certificates.pem') }
}

/** STS, which gives out the account's session for an action. */
function sessionsFor({ keys }: Awaited<ReturnType<typeof aws>>) {
  return signInFor(({ body }) => {
    const action = new URLSearchParams(body).get('Action')
    const given = Object.entries({ ...keys, expiration: NEVER })
      .map(([name, value]) => [`${name[0]?.toUpperCase()}${name.slice(1)}`, value])
      .map(([name, value]) => `<${name}>${value}</${name}>`)
      .join('')
    return {
      status: 200,
      headers: { 'content-type': 'text/xml' },
      body: `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result><Credentials>${given}</Credentials></${action}Result></${action}Response>`,
    }
  })
}

/** A session of SSO, and who gives out a role's credentials for it. */
async function session() {
  const cloud = await aws()
  const host = 'portal.sso.us-east-1.amazonaws.com'
  const login = 'login-token-of-nobody-0123456789'
  const service = await signInFor(
    ({ headers }) =>
      headers['x-amz-sso_bearer_token'] === login
        ? json(200, { roleCredentials: { ...cloud.keys, expiration: Date.parse(NEVER) } })
        : json(401, {}),
    { hosts: [host] },
  )
  const proxy = await proxyFor({ hosts: { [host]: service.port } })
  await mkdir(at('.aws/sso/cache'), { recursive: true })
  const name = createHash('sha1').update('session').digest('hex')
  await writeFile(
    at(`.aws/sso/cache/${name}.json`),
    JSON.stringify({ accessToken: login, expiresAt: NEVER }),
  )
  await writeFile(
    at('config'),
    '[profile work]\nsso_session = session\nsso_account_id = 482915537706\nsso_role_name = reader\n' +
      '[sso-session session]\nsso_start_url = https://work.example/start\nsso_region = us-east-1\n',
  )
  return {
    ...cloud,
    env: {
      ...(await trusting(cloud, service)),
      HTTPS_PROXY: proxy.url,
      HOME: folder,
      AWS_PROFILE: 'work',
    },
    secrets: { ...cloud.secrets, 'login token': login },
    signIns: () => getPaths(service),
  }
}

const AWS: Record<string, () => Promise<Way>> = {
  environment: async () => {
    const cloud = await aws()
    return { ...cloud, env: cloud.mockServer.environment }
  },
  'profile: keys': async () => {
    const cloud = await aws()
    const { accessKeyId, secretAccessKey, sessionToken } = cloud.keys
    await writeFile(
      at('credentials'),
      `[work]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\naws_session_token = ${sessionToken}\n`,
    )
    return { ...cloud, env: { ...cloud.env, AWS_PROFILE: 'work' } }
  },
  'profile: role': async () => {
    const cloud = await aws()
    const service = await sessionsFor(cloud)
    const secret = 'a-secret-of-the-one-behind-the-role-0123'
    await writeFile(
      at('credentials'),
      `[person]\naws_access_key_id = AKIAPERSONBEHINDROLE\naws_secret_access_key = ${secret}\n`,
    )
    await writeFile(at('config'), `[profile work]\nrole_arn = ${ROLE}\nsource_profile = person\n`)
    return {
      ...cloud,
      env: {
        ...(await trusting(cloud, service)),
        AWS_ENDPOINT_URL_STS: service.url,
        AWS_PROFILE: 'work',
      },
      secrets: { ...cloud.secrets, "the person's secret key": secret, role: ROLE },
      signIns: () => getPaths(service),
    }
  },
  'profile: aws sso login': () => session(),
  'web identity': async () => {
    const cloud = await aws()
    const service = await sessionsFor(cloud)
    const token = 'identity.token.of-nobody'
    await writeFile(at('identity'), token)
    return {
      ...cloud,
      env: {
        ...(await trusting(cloud, service)),
        AWS_ENDPOINT_URL_STS: service.url,
        AWS_WEB_IDENTITY_TOKEN_FILE: at('identity'),
        AWS_ROLE_ARN: ROLE,
      },
      secrets: { ...cloud.secrets, 'identity token': token, role: ROLE },
      signIns: () => getPaths(service),
    }
  },
  container: async () => {
    const cloud = await aws()
    const token = 'Bearer container-token-of-nobody'
    const container = await machineFor(({ headers }) =>
      headers.authorization === token ? json(200, getCredentials(cloud)) : json(403, {}),
    )
    return {
      ...cloud,
      env: {
        ...cloud.env,
        AWS_CONTAINER_CREDENTIALS_FULL_URI: `${container.url}/credentials`,
        AWS_CONTAINER_AUTHORIZATION_TOKEN: token,
      },
      secrets: { ...cloud.secrets, "the container's token": token },
      signIns: () => getPaths(container),
    }
  },
  'profile: credential_process': async () => {
    const cloud = await aws()
    const answer = { Version: 1, ...getCredentials(cloud), SessionToken: cloud.keys.sessionToken }
    await writeFile(at('answer'), JSON.stringify(answer))
    await writeFile(at('config'), `[default]\ncredential_process = cat ${at('answer')}\n`)
    return cloud
  },
  machine: async () => {
    const cloud = await aws()
    const token = 'session-of-the-machine-0123456789'
    const role = '/latest/meta-data/iam/security-credentials/'
    const machine = await machineFor(({ path, headers }) => {
      if (path === '/latest/api/token') return { status: 200, body: token }
      if (headers['x-aws-ec2-metadata-token'] !== token) return { status: 401 }
      if (path === role) return { status: 200, body: 'reader' }
      return json(200, { Code: 'Success', ...getCredentials(cloud) })
    })
    return {
      ...cloud,
      env: { ...cloud.found, AWS_EC2_METADATA_SERVICE_ENDPOINT: machine.url },
      secrets: { ...cloud.secrets, "the machine's token": token },
      signIns: () => getPaths(machine),
    }
  },
}

const GCP_TOKEN = 'ya29.a-token-of-nobody-0123456789'

/** Compute, and Google's services that give out tokens, by their hosts. */
async function gcp(services: Readonly<Record<string, (request: MockRequest) => Answer>> = {}) {
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
    refuse: (isOn: boolean) => mockServer.setFaults(isOn ? [forbidden(/images/)] : []),
  }
}

/** An account that another's token stands for, in a file, with these members besides. */
async function external(more: object) {
  const subject = 'subject.token.of-nobody'
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

const exchanged = (token: string) => () =>
  json(200, {
    access_token: token,
    issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    token_type: 'Bearer',
    expires_in: 3600,
  })

/** The login of a user as gcloud keeps it. */
const USER = {
  type: 'authorized_user',
  client_id: '764086051850-nobody.apps.googleusercontent.com',
  client_secret: 'd-not-a-secret-0123456789',
  refresh_token: '1//not-a-refresh-token-0123456789',
  quota_project_id: 'project-of-nobody-417',
}
const USER_SECRETS = {
  'refresh token': USER.refresh_token,
  'client secret': USER.client_secret,
  client: USER.client_id,
  project: USER.quota_project_id,
}

async function defaultCredentials(members: object): Promise<void> {
  await mkdir(at('.config/gcloud'), { recursive: true })
  const file = '.config/gcloud/application_default_credentials.json'
  await writeFile(at(file), JSON.stringify(members))
}

const refreshed =
  (token: string) =>
  ({ body }: MockRequest) =>
    new URLSearchParams(body).get('refresh_token') === USER.refresh_token
      ? json(200, { access_token: token, expires_in: 3600, token_type: 'Bearer' })
      : json(400, { error: 'invalid_grant' })

/** Who gives out tokens of a service account, to whom another token lets act for it. */
const IAM = 'iamcredentials.googleapis.com'
const getTokens = (account: string) =>
  `https://${IAM}/v1/projects/-/serviceAccounts/${account}:generateAccessToken`
const impersonated =
  (token: string) =>
  ({ headers }: MockRequest) =>
    headers.authorization === `Bearer ${token}`
      ? json(200, { accessToken: GCP_TOKEN, expireTime: NEVER })
      : json(401, {})

const GCP: Record<string, () => Promise<Way>> = {
  'login: user': async () => {
    const cloud = await gcp({ 'oauth2.googleapis.com': refreshed(GCP_TOKEN) })
    await defaultCredentials(USER)
    return { ...cloud, secrets: { ...cloud.secrets, ...USER_SECRETS } }
  },
  'file: service account key': async () => {
    const { signIns: _, ...cloud } = await gcp()
    const { file, email, keyId, projectId } = cloud.mockServer.account
    const { private_key: key } = JSON.parse(await readFile(file, 'utf8'))
    return {
      ...cloud,
      env: { ...cloud.env, GOOGLE_APPLICATION_CREDENTIALS: file },
      secrets: {
        token: Buffer.from('{"alg":"RS256",').toString('base64url'),
        'private key': key.split('\n')[4],
        'key id': keyId,
        account: email,
        project: projectId,
      },
    }
  },
  'file: external account': async () => {
    const cloud = await gcp({ 'sts.googleapis.com': exchanged(GCP_TOKEN) })
    const { subject, audience, ...variables } = await external({})
    return {
      ...cloud,
      env: { ...cloud.env, ...variables },
      secrets: { ...cloud.secrets, 'subject token': subject, audience },
    }
  },
  'file: external account that impersonates a service account': async () => {
    const federated = 'ya29.d-federated-token-0123456789'
    const account = 'reader@project-of-nobody-417.iam.gserviceaccount.com'
    const cloud = await gcp({
      'sts.googleapis.com': exchanged(federated),
      [IAM]: impersonated(federated),
    })
    const { subject, audience, ...variables } = await external({
      service_account_impersonation_url: getTokens(account),
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
    const cloud = await gcp()
    const account = 'machine@project-of-nobody-417.iam.gserviceaccount.com'
    const machine = await machineFor(({ path }) => {
      const answer = path.endsWith('/token')
        ? json(200, { access_token: GCP_TOKEN, expires_in: 3600, token_type: 'Bearer' })
        : { status: 200, body: path.endsWith('/email') ? account : 'project-of-nobody-417' }
      return { ...answer, headers: { ...answer.headers, 'metadata-flavor': 'Google' } }
    })
    return {
      ...cloud,
      env: { ...cloud.env, GCE_METADATA_HOST: new URL(machine.url).host },
      secrets: { ...cloud.secrets, account, project: 'project-of-nobody-417' },
      signIns: () => getPaths(machine).filter((path) => path.includes('/token')),
    }
  },
}

/** The ways in which a text can be hidden in another without a secret's being lost. */
const spellings = (text: string) => [
  text,
  JSON.stringify(text).slice(1, -1),
  encodeURIComponent(text),
  ...[0, 1, 2].map((shift) =>
    Buffer.from(' '.repeat(shift) + text)
      .toString('base64')
      .slice(4, -4),
  ),
]

/** The sign-ins of a cloud in docs/credentials.md. */
async function documentedWays(cloud: string): Promise<string[]> {
  const page = await readFile(new URL('../../docs/credentials.md', import.meta.url), 'utf8')
  const [, section = ''] = page.split(`\n## ${cloud}\n\n| sign-in |`)
  const [table = ''] = section.split('\n\n')
  return [...table.matchAll(/^\| (\w.*?) \|/gm)].map(([, way = '']) => way)
}

describe.each(Object.entries({ Azure: AZURE, AWS, GCP }))('%s, signed in by', (cloud, ways) => {
  it.each(Object.entries(ways))('%s', async (_, make) => {
    const { env, args = [], secrets, signIns, refuse } = await make()
    const capture = () =>
      run(
        ['capture', at('s.json'), '--debug', '--cloud', cloud.toLowerCase()].concat(
          ['--stream', at('rhcos.json')],
          args,
        ),
        // In a process each, as the SDKs keep tokens.
        { env, node: [] },
      )
    refuse(true)
    const refused = await capture()
    expect(refused.status).toBe(3)
    expect(refused.stderr).toMatch(/returned 403/)
    refuse(false)
    const taken = await capture()
    expect(taken, taken.stderr).toMatchObject({ status: 0, stdout: '' })
    if (signIns) expect(signIns()).not.toEqual([])

    const files = await Promise.all(
      ['s.json', 's.recording.json'].map((name) => readFile(at(name), 'utf8')),
    )
    const written = [...files, refused.stderr, taken.stderr].join('\n')
    for (const [name, secret] of Object.entries(secrets)) {
      expect(secret.length, name).toBeGreaterThan(10)
      expect(
        spellings(secret).filter((each) => written.includes(each)),
        name,
      ).toEqual([])
    }
  })

  it('every way in docs/credentials.md', async () => {
    const names = Object.keys(ways).map((name) => name.split(':')[0])
    expect((await documentedWays(cloud)).sort()).toEqual([...new Set(names)].sort())
  })
})
