import { createHash } from 'node:crypto'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { errorAnswer } from '../mock-servers/aws-xml.ts'
import { imagesBeforeBump } from '../mock-servers/azure-images.ts'
import type { Fault, FaultRule } from '../mock-servers/faults.ts'
import { startServer } from '../mock-servers/server.ts'
import { awsFor } from '../support/aws.ts'
import { azureFor } from '../support/azure.ts'
import { gcpFor } from '../support/gcp.ts'
import { proxyFor } from '../support/proxy.ts'
import { json, signInFor } from '../support/sign-in.ts'

export type Environment = Readonly<Record<string, string>>

/** A capture that is to fail: what is set, and with which options. */
export interface Case {
  readonly env: Environment
  readonly args?: readonly string[]
}

/** Writes a file of the test's folder. */
export type Put = (name: string, text: string) => Promise<string>
export type Make = (put: Put, folder: string) => Promise<Case>

export function putInto(folder: string): Put {
  return async (name, text) => {
    const file = join(folder, name)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text)
    return file
  }
}

const body = (status: number, value: object | string, type = 'application/json'): Fault => ({
  kind: 'body',
  status,
  body: typeof value === 'string' ? value : JSON.stringify(value),
  type,
})

// Azure

const SUBSCRIPTION = 'c9a6d5e1-0b72-4e38-b4f9-6817a2d03c5b'
const IDS = {
  subscriptionId: SUBSCRIPTION,
  clientId: 'b31f0c7d-86e2-4f95-a7d3-0e9c4461ab28',
  tenantId: '7e4a91c2-3d58-4b6f-9a10-52c8de7713f4',
}
const PRINCIPAL = { ...IDS, clientSecret: 'not-the-secret-any-more' }

/** Only what finds and trusts the mock server, and a `PATH` without az. */
async function azure(faults: readonly FaultRule[] = []) {
  const server = await azureFor(imagesBeforeBump(), { faults })
  const { AZURE_AUTHORITY_HOST = '', NODE_EXTRA_CA_CERTS = '', NO_PROXY = '' } = server.environment
  const found = { AZURE_AUTHORITY_HOST, NODE_EXTRA_CA_CERTS, NO_PROXY }
  return {
    server,
    found: { ...found, PATH: '/nowhere' },
    signedIn: server.environment as Environment,
    args: ['--azure-endpoint', server.url],
  }
}

/** An `az` that prints this on stderr and fails, or that prints this on stdout. */
const az =
  (stderr: string, stdout = ''): Make =>
  async (put, folder) => {
    const { found, args } = await azure()
    const file = await put(
      'bin/az',
      stderr === ''
        ? `#!/bin/sh\necho '${stdout}'\n`
        : `#!/bin/sh\ncat <<'END' >&2\n${stderr}\nEND\nexit 1\n`,
    )
    await chmod(file, 0o755)
    const env = {
      ...found,
      PATH: `${join(folder, 'bin')}:/usr/bin:/bin`,
      AZURE_SUBSCRIPTION_ID: SUBSCRIPTION,
    }
    return { env, args }
  }

/** As az prints a refusal of Microsoft Entra ID. */
const refusal = (number: number, text: string) =>
  `ERROR: AADSTS${number}: ${text} Trace ID: 11112222-3333-4444-5555-666677778888\nInteractive authentication is needed. Please run:\naz login`

const entra =
  (number: number, description = 'somebody', more: Environment = {}): Make =>
  async () => {
    const refused = body(401, {
      error: 'invalid_client',
      error_description: `AADSTS${number}: ${description} Trace ID: 11112222-3333-4444-5555-666677778888`,
    })
    const { signedIn, args } = await azure([{ path: /oauth2\/v2\.0\/token/, fault: refused }])
    return { env: { ...signedIn, ...more }, args }
  }

/** A service principal in the environment, of which one variable is not set. */
const withoutVariable =
  (name: string): Make =>
  async () => {
    const { found, signedIn, args } = await azure()
    return { env: { ...signedIn, ...found, [name]: '' }, args }
  }

const arm =
  (status: number, code: string, message = 'somebody', ...more: string[]): Make =>
  async () => {
    const fault = body(status, { error: { code, message } })
    const { signedIn, args } = await azure([{ path: /skus/, fault }])
    return { env: signedIn, args: [...args, ...more] }
  }

const azureSettings =
  (more: Environment, ...words: string[]): Make =>
  async () => {
    const { found, args } = await azure()
    return {
      env: { ...found, AZURE_SUBSCRIPTION_ID: SUBSCRIPTION, ...more },
      args: [...args, ...words],
    }
  }

const principal =
  (members: object | string, faults: readonly FaultRule[] = []): Make =>
  async (put) => {
    const { found, args } = await azure(faults)
    const text = typeof members === 'string' ? members : JSON.stringify(members)
    return { env: { ...found, AZURE_AUTH_LOCATION: await put('principal.json', text) }, args }
  }

const SUPPORTED = "The supported api-versions are '2015-06-15, 2024-11-01'."

const AZURE: Record<string, Make> = {
  'nothing is set': async () => ({ env: { PATH: '/nowhere' } }),
  'only AZURE_SUBSCRIPTION_ID is set': azureSettings({}),
  'az: not signed in': az("ERROR: Please run 'az login' to setup account."),
  'az: the login has expired': az(
    refusal(700082, 'The refresh token has expired due to inactivity.'),
  ),
  'az: the login has expired by policy': az(
    refusal(70043, 'The refresh token has expired or is invalid due to sign-in frequency checks.'),
  ),
  'az: the login has expired, older az': az(
    'ERROR: Get Token request returned http error: 400 and server response: {"error":"invalid_grant","error_description":"AADSTS70008: The provided authorization code or refresh token has expired due to inactivity."}',
  ),
  'az: the password was changed': az(
    refusal(50173, 'The provided grant has expired due to it being revoked.'),
  ),
  'az: a second factor is required': az(
    refusal(50076, 'You must use multi-factor authentication.'),
  ),
  'az: the second factor has expired': az(
    refusal(50078, 'Presented multi-factor authentication has expired.'),
  ),
  'az: a second factor is required by policy': az(
    refusal(50079, 'The user is required to use multi-factor authentication.'),
  ),
  'az: the account is a guest': az(
    refusal(50020, 'User account from identity provider does not exist in tenant.'),
  ),
  'az: another cloud is configured': az(
    refusal(500011, 'The resource principal was not found in the tenant.'),
  ),
  'az: no JSON': az('', 'not a token'),
  'az: an expired token': az(
    '',
    '{"accessToken":"a.b.c","expires_on":1000000000,"tokenType":"Bearer"}',
  ),
  'az: an unknown message': az(
    'ERROR: The keyring is locked for 11112222-3333-4444-5555-666677778888',
  ),
  'secret: expired': entra(7000222),
  'secret: not set': withoutVariable('AZURE_CLIENT_SECRET'),
  'secret: without a tenant': withoutVariable('AZURE_TENANT_ID'),
  'secret: wrong': entra(7000215),
  'secret: the client id is not in the tenant': entra(700016),
  'secret: the tenant does not exist': entra(90002),
  'secret: the application is disabled': entra(7000112),
  'secret: of another Azure cloud': entra(900382),
  'secret: an unknown number': entra(
    987654,
    'Something new for 11112222-3333-4444-5555-666677778888.',
  ),
  'secret: the authority is down': async () => {
    const { signedIn, args } = await azure()
    return { env: { ...signedIn, AZURE_AUTHORITY_HOST: 'https://127.0.0.1:1' }, args }
  },
  'file: the secret has expired': principal(PRINCIPAL, [
    {
      path: /oauth2\/v2\.0\/token/,
      fault: body(401, { error: 'invalid_client', error_description: 'AADSTS7000222: somebody' }),
    },
  ]),
  'file: invalid JSON': principal('{ "clientSecret": "hunter2hunter2",, }'),
  'file: empty': principal(''),
  'file: a member is missing': principal({ ...PRINCIPAL, tenantId: undefined }),
  'file: the name of a tenant': principal({ ...PRINCIPAL, tenantId: 'Contoso Ltd' }),
  'file: a line break after the secret': principal({
    ...PRINCIPAL,
    clientSecret: 'hunter2hunter2\n',
  }),
  'file: no certificate': principal({ ...IDS, clientCertificate: '/nowhere/c.pem' }),
  'file: missing': azureSettings({ AZURE_AUTH_LOCATION: '/nowhere/principal.json' }),
  'file: its content in the variable': azureSettings({
    AZURE_AUTH_LOCATION: JSON.stringify(PRINCIPAL),
  }),
  'file: its content in base64': azureSettings({
    AZURE_AUTH_LOCATION: Buffer.from(JSON.stringify(PRINCIPAL)).toString('base64'),
  }),
  'AZURE_TOKEN_CREDENTIALS of another SDK': azureSettings({
    AZURE_TOKEN_CREDENTIALS: 'SharedTokenCache',
  }),
  'AZURE_AUTHORITY_HOST without https': azureSettings({ AZURE_AUTHORITY_HOST: 'login.example' }),
  'AZURE_TENANT_ID with a blank': azureSettings({ AZURE_TENANT_ID: 'Contoso Ltd' }),
  'AZURE_CLIENT_SECRET with a line end': azureSettings({ AZURE_CLIENT_SECRET: 'hunter2hunter2\n' }),
  'the token has expired': arm(401, 'ExpiredAuthenticationToken'),
  'the token is for another Azure cloud': arm(401, 'InvalidAuthenticationTokenAudience'),
  'the account is in another tenant': arm(401, 'InvalidAuthenticationTokenTenant'),
  'the account has no role': arm(403, 'AuthorizationFailed'),
  'the subscription is of another account': arm(404, 'SubscriptionNotFound'),
  'the subscription is disabled': arm(409, 'ReadOnlyDisabledSubscription'),
  'Microsoft.Compute is not registered': arm(409, 'MissingSubscriptionRegistration'),
  'the region does not exist': arm(
    400,
    'NoRegisteredProviderFound',
    `No registered resource provider found for location 'nowhere' and API version '2026-03-01' for type 'locations/publishers'. ${SUPPORTED} The supported locations are 'eastus, westus'.`,
    '--location',
    'nowhere',
  ),
  'the API version is too new for the cloud': arm(
    400,
    'NoRegisteredProviderFound',
    `No registered resource provider found for location 'eastus' and API version '2026-03-01' for type 'locations/publishers'. ${SUPPORTED} The supported locations are 'eastus, westus'.`,
  ),
  'the API version is unknown': arm(
    404,
    'InvalidResourceType',
    `The resource type could not be found in the namespace 'Microsoft.Compute' for api version '2026-03-01'. ${SUPPORTED}`,
  ),
  'the API version is invalid': arm(
    400,
    'InvalidApiVersionParameter',
    "The api-version '2026-03-01' is invalid. The supported versions are '2015-06-15,2024-11-01'.",
  ),
  'the API version is gone': arm(410, 'Gone'),
  throttled: arm(409, 'ResourceRequestsThrottled'),
  'an unknown code': arm(
    418,
    'TeapotIsEmpty',
    'The teapot of 11112222-3333-4444-5555-666677778888 is empty.',
  ),
}

// AWS

const KEYS = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']
const ROLE = 'arn:aws:iam::482915537706:role/somebody'
const ONE = ['--regions', 'us-east-1']

async function aws(options: Parameters<typeof awsFor>[0] = {}) {
  const { environment } = await awsFor(options)
  const others = Object.entries(environment).filter(([name]) => !KEYS.includes(name))
  return { signedIn: environment as Environment, found: Object.fromEntries(others) as Environment }
}

const ec2 =
  (status: number, code: string, message = 'somebody', args: readonly string[] = ONE): Make =>
  async () => {
    const refused = String(errorAnswer(status, code, message).body)
    const faults = [{ path: /\//, fault: body(status, refused, 'text/xml') }]
    return { env: (await aws({ faults })).signedIn, args }
  }

/** A role by web identity, which STS refuses. */
const sts =
  (status: number, code: string): Make =>
  async (put) => {
    const xml = `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>not for ${ROLE}</Message></Error></ErrorResponse>`
    const service = await signInFor({ status, headers: { 'content-type': 'text/xml' }, body: xml })
    const env = {
      ...(await aws()).found,
      NODE_EXTRA_CA_CERTS: service.certificate.file,
      AWS_ENDPOINT_URL_STS: service.url,
      AWS_WEB_IDENTITY_TOKEN_FILE: await put('token', 'a.b.c'),
      AWS_ROLE_ARN: ROLE,
    }
    return { env, args: ONE }
  }

/** A profile of the AWS CLI, in a config file. */
const profile =
  (config: string, more: Environment = { AWS_PROFILE: 'work' }): Make =>
  async (put, folder) => {
    const { found } = await aws()
    const file = await put('config', config)
    return { env: { ...found, HOME: folder, AWS_CONFIG_FILE: file, ...more }, args: ONE }
  }

const SSO =
  '[profile work]\nsso_session = s\nsso_account_id = 482915537706\nsso_role_name = reader\n[sso-session s]\nsso_start_url = https://work.example/start\nsso_region = us-east-1\n'

/** A login of SSO that the portal refuses. */
const portal =
  (status: number, code: string): Make =>
  async (put, folder) => {
    const name = createHash('sha1').update('s').digest('hex')
    const login = {
      accessToken: 'login-token-of-nobody-0123456789',
      expiresAt: '2099-01-01T00:00:00Z',
    }
    await put(`.aws/sso/cache/${name}.json`, JSON.stringify(login))
    const service = await signInFor({
      ...json(status, { message: 'somebody' }),
      headers: { 'content-type': 'application/json', 'x-amzn-errortype': code },
    })
    const { env, args } = await profile(SSO)(put, folder)
    const trusted = {
      NODE_EXTRA_CA_CERTS: service.certificate.file,
      AWS_ENDPOINT_URL_SSO: service.url,
    }
    return { env: { ...env, ...trusted }, args: args ?? [] }
  }

const awsSettings =
  (more: Environment): Make =>
  async () => ({ env: { ...(await aws()).found, ...more }, args: ONE })

const AWS: Record<string, Make> = {
  'nothing is set': awsSettings({}),
  'a key without its secret': awsSettings({ AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE' }),
  'profile: missing': profile('[profile other]\nregion = us-east-1\n'),
  'profile: a key without its secret': profile(
    '[profile work]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n',
  ),
  'profile: no credentials': profile('[profile work]\nregion = us-east-1\n'),
  'profile: source_profile is missing': profile(
    `[profile work]\nrole_arn = ${ROLE}\nsource_profile = base\n`,
  ),
  'profile: source_profile in a circle': profile(
    `[profile work]\nrole_arn = ${ROLE}\nsource_profile = base\n[profile base]\nrole_arn = ${ROLE}\nsource_profile = work\n`,
  ),
  'profile: multi-factor authentication': profile(
    `[profile work]\nrole_arn = ${ROLE}\nsource_profile = base\nmfa_serial = arn:aws:iam::482915537706:mfa/somebody\n[profile base]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMIxK7MDENGxbPxRfiCYEXAMPLEKEY\n`,
  ),
  'profile: credential_process fails': profile('[profile work]\ncredential_process = false\n'),
  'profile: credential_process prints no JSON': profile(
    '[profile work]\ncredential_process = echo hello\n',
  ),
  'SSO: not signed in': profile(SSO),
  'SSO: the session has expired': portal(401, 'UnauthorizedException'),
  'SSO: the role is not assigned': portal(403, 'ForbiddenException'),
  'web identity: the role does not trust it': sts(403, 'AccessDenied'),
  'web identity: the token has expired': sts(400, 'ExpiredTokenException'),
  'web identity: an unknown issuer': sts(400, 'InvalidIdentityToken'),
  'web identity: a rejected claim': sts(403, 'IDPRejectedClaim'),
  'web identity: a malformed role': sts(400, 'ValidationError'),
  'web identity: STS is not enabled': sts(403, 'RegionDisabledException'),
  'web identity: an unknown code': sts(400, 'TeapotIsEmpty'),
  'web identity: the token in the variable': awsSettings({
    AWS_WEB_IDENTITY_TOKEN_FILE: 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJwbGFudGVkIn0.cGxhbnRlZA',
    AWS_ROLE_ARN: ROLE,
  }),
  'web identity: no file': awsSettings({
    AWS_WEB_IDENTITY_TOKEN_FILE: '/nowhere/token',
    AWS_ROLE_ARN: ROLE,
  }),
  'container: refused': async () => {
    const container = await startServer(() => json(403, {}))
    onTestFinished(() => container.close())
    const more = { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${container.url}/credentials` }
    return { env: { ...(await aws()).found, ...more }, args: ONE }
  },
  'the session has expired': ec2(400, 'RequestExpired'),
  'the key was deleted': async () => ({
    env: { ...(await aws()).signedIn, AWS_ACCESS_KEY_ID: 'ASIADELETEDKEY000000' },
  }),
  'no permission': ec2(403, 'UnauthorizedOperation'),
  'no billing': ec2(403, 'OptInRequired'),
  'the secret is wrong': ec2(401, 'SignatureDoesNotMatch'),
  'a policy closes one region': async () => ({
    env: (await aws({ failures: { 'eu-central-1': { status: 403 } } })).signedIn,
  }),
  'one region is down': async () => ({
    env: (await aws({ failures: { 'eu-central-1': { status: 503 } } })).signedIn,
  }),
  'a region is not enabled': async () => ({
    env: (await aws()).signedIn,
    args: ['--regions', 'us-east-1,me-south-1'],
  }),
  'an unknown code': ec2(418, 'TeapotIsEmpty', `The teapot of ${ROLE} is empty`),
}

// GCP

const KEY_VARIABLE = 'GOOGLE_APPLICATION_CREDENTIALS'

async function gcp(faults: readonly FaultRule[] = []) {
  const { environment, url } = await gcpFor({ faults })
  return { signedIn: environment as Environment, args: ['--gcp-endpoint', url] }
}

const compute =
  (status: number, error: object, path = /images/): Make =>
  async () => {
    const fault = body(status, { error: { code: status, message: 'somebody', ...error } })
    const { signedIn, args } = await gcp([{ path, fault }])
    return { env: signedIn, args }
  }

const FORBIDDEN = { errors: [{ message: 'somebody', domain: 'global', reason: 'forbidden' }] }
const info = (reason: string, more = {}) => ({
  ...FORBIDDEN,
  status: 'PERMISSION_DENIED',
  details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason }],
  ...more,
})

/** The login of a user, which Google refuses. */
const oauth =
  (status: number, refused: object): Make =>
  async (put) => {
    const host = 'oauth2.googleapis.com'
    const service = await signInFor(json(status, refused), { hosts: [host] })
    const proxy = await proxyFor({ hosts: { [host]: service.port } })
    const login = {
      type: 'authorized_user',
      client_id: '764086051850.apps.googleusercontent.com',
      client_secret: 'd-not-a-secret',
      refresh_token: '1//not-a-refresh-token',
    }
    const { signedIn, args } = await gcp()
    const env = {
      ...signedIn,
      NODE_EXTRA_CA_CERTS: service.certificate.file,
      HTTPS_PROXY: proxy.url,
      [KEY_VARIABLE]: await put('login.json', JSON.stringify(login)),
    }
    return { env, args }
  }

const key =
  (members: object | string): Make =>
  async (put) => {
    const text = typeof members === 'string' ? members : JSON.stringify(members)
    const { signedIn, args } = await gcp()
    return { env: { ...signedIn, [KEY_VARIABLE]: await put('key.json', text) }, args }
  }

const gcpSettings =
  (more: Environment): Make =>
  async () => {
    const { signedIn, args } = await gcp()
    const others = Object.entries(signedIn).filter(([name]) => name !== KEY_VARIABLE)
    return { env: { ...Object.fromEntries(others), ...more }, args }
  }

const SERVICE_ACCOUNT = {
  type: 'service_account',
  project_id: 'project-of-nobody-417',
  client_email: 'reader@project-of-nobody-417.iam.gserviceaccount.com',
  private_key: '-----BEGIN PRIVATE KEY-----\\nMIIEvgIBADANBg\\n-----END PRIVATE KEY-----',
}

const GCP: Record<string, Make> = {
  'nothing is set': gcpSettings({ METADATA_SERVER_DETECTION: 'none' }),
  'login: expired or revoked': oauth(400, {
    error: 'invalid_grant',
    error_description: 'Token has been expired or revoked.',
  }),
  'login: expired in Workspace': oauth(400, {
    error: 'invalid_grant',
    error_subtype: 'invalid_rapt',
  }),
  'login: an unknown scope': oauth(400, { error: 'invalid_scope' }),
  'login: the client was deleted': oauth(401, { error: 'deleted_client' }),
  'login: blocked by the administrator': oauth(400, { error: 'admin_policy_enforced' }),
  'login: the clock is wrong': oauth(400, {
    error: 'invalid_grant',
    error_description:
      'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.',
  }),
  'login: an unknown code': oauth(400, {
    error: 'teapot_is_empty',
    error_description: 'The teapot of somebody@example.com is empty.',
  }),
  'key: mangled line ends': key(SERVICE_ACCOUNT),
  'key: of another universe': key({ ...SERVICE_ACCOUNT, universe_domain: 'universe.example' }),
  'key: invalid JSON': key('{ "private_key": "hunter2hunter2" ]'),
  'key: empty': key('\n'),
  'key: no file': gcpSettings({ [KEY_VARIABLE]: '/nowhere/key.json' }),
  'key: its content in the variable': gcpSettings({
    [KEY_VARIABLE]: JSON.stringify(SERVICE_ACCOUNT),
  }),
  'key: its content in base64': gcpSettings({
    [KEY_VARIABLE]: Buffer.from(JSON.stringify(SERVICE_ACCOUNT)).toString('base64'),
  }),
  'key: deleted': compute(401, { errors: [{ reason: 'authError' }] }),
  'the quota project is closed': compute(403, info('USER_PROJECT_DENIED')),
  'the scope is missing': compute(403, info('ACCESS_TOKEN_SCOPE_INSUFFICIENT')),
  'the API is not enabled': compute(403, info('SERVICE_DISABLED')),
  'the API is not enabled, older words': compute(403, {
    errors: [{ reason: 'accessNotConfigured' }],
  }),
  'billing is not enabled': compute(403, info('BILLING_DISABLED')),
  'VPC Service Controls': compute(403, info('SECURITY_POLICY_VIOLATED')),
  'VPC Service Controls, older words': compute(403, {
    ...FORBIDDEN,
    message:
      "Request is prohibited by organization's policy. vpcServiceControlsUniqueIdentifier: abc",
  }),
  'a usage restriction': compute(403, info('RESOURCE_USAGE_RESTRICTION_VIOLATED')),
  'an access level': compute(403, info('ACCESS_DENIED_BY_ACCESS_CONTEXT')),
  'one image may not be read': compute(403, FORBIDDEN, /oke-413/),
  'an unknown reason': compute(
    403,
    info('TEAPOT_IS_EMPTY', { message: 'The teapot of somebody@example.com is empty.' }),
  ),
}

export const CASES: Readonly<Record<'azure' | 'aws' | 'gcp', Record<string, Make>>> = {
  azure: AZURE,
  aws: AWS,
  gcp: GCP,
}
