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
type Make = (put: Put, folder: string) => Promise<Case>

/**
 * A capture that fails, what is printed after `stream-snapshot:`, and the second line. An unknown code has no
 * remedy. FILE is a path, HOST is HOST:PORT, SKU is PUBLISHER:OFFER:SKU.
 */
export type Failure = readonly [make: Make, error: string, remedy?: string, exit?: 2]

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

const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64')
const RECREATE = 'Recreate FILE, or remove it.'

/** Cases that differ in the code that is received, each with its cause and the remedy. */
const byCode = <C extends string | number>(
  make: (code: C) => Make,
  error: (code: C, cause: string) => string,
  ...rows: readonly (readonly [code: C, cause: string, remedy: string])[]
): Record<string, Failure> =>
  Object.fromEntries(
    rows.map(([code, cause, remedy]) => [
      `${code}: ${cause}`,
      [make(code), error(code, cause), remedy] as const,
    ]),
  )

/** Of `403 AuthorizationFailed`. */
function statusAndCode(text: string): [status: number, code: string] {
  const [status, code = ''] = text.split(' ')
  return [Number(status), code]
}

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
  (number: number, description = 'somebody'): Make =>
  async () => {
    const refused = body(401, {
      error: 'invalid_client',
      error_description: `AADSTS${number}: ${description} Trace ID: 11112222-3333-4444-5555-666677778888`,
    })
    const { signedIn, args } = await azure([{ path: /oauth2\/v2\.0\/token/, fault: refused }])
    return { env: signedIn, args }
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

const AGAIN = 'Sign in again with az login.'
const SECOND_FACTOR = 'Sign in with az login --tenant TENANT, and complete the second factor.'
const TENANT =
  'Set AZURE_TENANT_ID to the tenant of the subscription, or sign in with az login --tenant TENANT.'
const ENVIRONMENT =
  'Set --azure-environment to the cloud of the account: AzurePublicCloud, AzureUSGovernmentCloud or AzureChinaCloud.'
const SIGN_IN =
  'Sign in with az login, or set AZURE_SUBSCRIPTION_ID, AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or set AZURE_AUTH_LOCATION to a service principal file.'
const APPLICATION = 'Check AZURE_CLIENT_ID and AZURE_TENANT_ID, or the service principal file.'
const NEW_SECRET =
  'Create a client secret for the application, and set AZURE_CLIENT_SECRET to its value.'
const SUBSCRIPTIONS = 'Set --subscription to a subscription from az account list.'
const TO_FILE = 'Write the value to a file and set AZURE_AUTH_LOCATION to its path.'
const aadsts = (code: number, cause: string) => `azure: sign-in failed: ${cause} (AADSTS${code})`
const OTHER_VERSION = 'Use a version of stream-snapshot that sends a supported API version.'
const AZURE: Record<string, Failure> = {
  'nothing is set': [
    async () => ({ env: { PATH: '/nowhere' } }),
    'azure: no credentials found',
    SIGN_IN,
  ],
  // Azure/azure-sdk-for-python#28478
  'only AZURE_SUBSCRIPTION_ID is set': [azureSettings({}), 'azure: no credentials found', SIGN_IN],
  'az: not signed in': [
    az("ERROR: Please run 'az login' to setup account."),
    'azure: az is not signed in, or the sign-in has expired',
    'Sign in with az login.',
  ],
  ...byCode(
    (code) => az(refusal(code, 'somebody')),
    aadsts,
    // microsoft/vscode-azure-account#254
    [700082, 'the login has expired', AGAIN],
    [50173, 'the login was revoked', AGAIN],
    [70043, 'the login has expired', AGAIN],
    [50076, 'multi-factor authentication is required', SECOND_FACTOR],
    // Azure/azure-cli#6256
    [50079, 'multi-factor authentication is required', SECOND_FACTOR],
    // Azure/api-management-developer-portal#1310
    [50078, 'multi-factor authentication has expired', SECOND_FACTOR],
    [50020, 'the account does not exist in this tenant', TENANT],
    [500011, 'this Azure cloud does not have the API', ENVIRONMENT],
  ),
  // Azure/azure-sdk-for-net#19201
  'az: the login has expired, older az': [
    az(
      'ERROR: Get Token request returned http error: 400 and server response: {"error":"invalid_grant","error_description":"AADSTS70008: The provided authorization code or refresh token has expired due to inactivity."}',
    ),
    aadsts(70008, 'the login has expired'),
    AGAIN,
  ],
  'az: no JSON': [
    az('', 'not a token'),
    'azure: az account get-access-token printed no token',
    'Run az account get-access-token to see why, or sign in again with az login.',
  ],
  'az: an expired token': [
    az('', '{"accessToken":"a.b.c","expires_on":1000000000,"tokenType":"Bearer"}'),
    'azure: the received token has already expired',
    "Check this machine's clock, or sign in again with az login.",
  ],
  'az: an unknown message': [
    az('ERROR: The keyring is locked for 11112222-3333-4444-5555-666677778888'),
    'azure: az account get-access-token: The keyring is locked for …',
  ],
  ...byCode(
    entra,
    aadsts,
    [7000222, 'the client secret has expired', NEW_SECRET],
    [7000215, 'the client secret is wrong', NEW_SECRET],
    [700016, 'the tenant does not have the application', APPLICATION],
    [7000112, 'the application is disabled', APPLICATION],
    [90002, 'the tenant does not exist', TENANT],
    [900382, 'the account is in another Azure cloud', ENVIRONMENT],
  ),
  'secret: an unknown number': [
    entra(987654, 'Something new for 11112222-3333-4444-5555-666677778888.'),
    'azure: sign-in failed: AADSTS987654: Something new for ….',
  ],
  'secret: not set': [
    withoutVariable('AZURE_CLIENT_SECRET'),
    'azure: no credentials found: AZURE_CLIENT_SECRET is not set',
    'Set AZURE_CLIENT_SECRET, or sign in with az login.',
  ],
  'secret: without a tenant': [
    withoutVariable('AZURE_TENANT_ID'),
    'azure: no credentials found: AZURE_TENANT_ID is not set',
    'Set AZURE_TENANT_ID, or sign in with az login.',
  ],
  'secret: a page of a proxy': [
    async () => {
      const page = body(200, '<html>', 'text/html')
      const { signedIn, args } = await azure([{ path: /oauth2\/v2\.0\/token/, fault: page }])
      return { env: signedIn, args }
    },
    'azure: sign-in at HOST: the response is not JSON',
    'Check HTTPS_PROXY: a proxy or a sign-in page may have sent the response.',
  ],
  'secret: the authority is down': [
    async () => {
      const { signedIn, args } = await azure()
      return { env: { ...signedIn, AZURE_AUTHORITY_HOST: 'https://127.0.0.1:1' }, args }
    },
    'azure: sign-in at HOST: connection refused (ECONNREFUSED)',
    'Check the network connection, and set HTTPS_PROXY if a proxy is required.',
  ],
  'file: the secret has expired': [
    principal(PRINCIPAL, [
      {
        path: /oauth2\/v2\.0\/token/,
        fault: body(401, { error: 'invalid_client', error_description: 'AADSTS7000222: somebody' }),
      },
    ]),
    aadsts(7000222, 'the client secret has expired'),
    'Renew or remove FILE.',
  ],
  'file: invalid JSON': [
    principal('{ "clientSecret": "hunter2hunter2",, }'),
    'FILE: invalid JSON, expected credentials',
    RECREATE,
  ],
  'file: empty': [principal(''), 'FILE: the file is empty, expected credentials', RECREATE],
  'file: a member is missing': [
    principal({ ...PRINCIPAL, tenantId: undefined }),
    'FILE: .tenantId: missing',
    'Add .tenantId, or remove FILE.',
  ],
  'file: the name of a tenant': [
    principal({ ...PRINCIPAL, tenantId: 'Contoso Ltd' }),
    'FILE: .tenantId: expected the ID or a domain of a tenant',
    'Set it to the tenantId that az account show prints.',
    2,
  ],
  'file: a line break after the secret': [
    principal({ ...PRINCIPAL, clientSecret: 'hunter2hunter2\n' }),
    'FILE: .clientSecret: has leading or trailing white space, or is not a string',
    'Correct .clientSecret.',
    2,
  ],
  'file: no certificate': [
    principal({ ...IDS, clientCertificate: '/nowhere/c.pem' }),
    'FILE: .clientCertificate: no such file',
    'Correct or remove FILE: .clientCertificate.',
  ],
  'file: missing': [
    azureSettings({ AZURE_AUTH_LOCATION: '/nowhere/principal.json' }),
    'AZURE_AUTH_LOCATION: no such file',
    'Correct or remove AZURE_AUTH_LOCATION.',
  ],
  'file: its content in the variable': [
    azureSettings({ AZURE_AUTH_LOCATION: JSON.stringify(PRINCIPAL) }),
    'AZURE_AUTH_LOCATION: contains credentials, expected the path of a file',
    TO_FILE,
    2,
  ],
  'file: its content in base64': [
    azureSettings({ AZURE_AUTH_LOCATION: base64(PRINCIPAL) }),
    'AZURE_AUTH_LOCATION: contains credentials, expected the path of a file',
    TO_FILE,
    2,
  ],
  'AZURE_TOKEN_CREDENTIALS of another SDK': [
    azureSettings({ AZURE_TOKEN_CREDENTIALS: 'SharedTokenCache' }),
    'AZURE_TOKEN_CREDENTIALS: unknown value',
    'Set it to prod, dev, EnvironmentCredential, WorkloadIdentityCredential, ManagedIdentityCredential, VisualStudioCodeCredential, AzureCliCredential, AzurePowerShellCredential or AzureDeveloperCliCredential, or unset it.',
    2,
  ],
  'AZURE_AUTHORITY_HOST without https': [
    azureSettings({ AZURE_AUTHORITY_HOST: 'login.example' }),
    'AZURE_AUTHORITY_HOST: expected a URL such as https://login.microsoftonline.com',
    'Correct or unset AZURE_AUTHORITY_HOST.',
    2,
  ],
  'AZURE_TENANT_ID with a blank': [
    azureSettings({ AZURE_TENANT_ID: 'Contoso Ltd' }),
    'AZURE_TENANT_ID: expected the ID or a domain of a tenant',
    'Set it to the tenantId that az account show prints.',
    2,
  ],
  'AZURE_CLIENT_SECRET with a line end': [
    azureSettings({ AZURE_CLIENT_SECRET: 'hunter2hunter2\n' }),
    'AZURE_CLIENT_SECRET: leading or trailing white space in the value',
    'Remove the spaces and line ends around the value of AZURE_CLIENT_SECRET.',
    2,
  ],
  ...byCode(
    (code) => arm(...statusAndCode(code)),
    (returned, cause) => `azure SKU: returned ${returned}: ${cause}`,
    ['401 ExpiredAuthenticationToken', 'the token has expired', AGAIN],
    ['401 InvalidAuthenticationTokenAudience', 'the token is for another Azure cloud', ENVIRONMENT],
    ['401 InvalidAuthenticationTokenTenant', 'the account is in another tenant', TENANT],
    [
      '403 AuthorizationFailed',
      'the account is not allowed to list images',
      'Assign the role Reader on the subscription to the account, or sign in with another account.',
    ],
    ['404 SubscriptionNotFound', 'the account does not have this subscription', SUBSCRIPTIONS],
    ['409 ReadOnlyDisabledSubscription', 'the subscription is disabled', SUBSCRIPTIONS],
    [
      '409 MissingSubscriptionRegistration',
      'the subscription is not registered for Microsoft.Compute',
      'Register the subscription once with az provider register --namespace Microsoft.Compute.',
    ],
    [
      '409 ResourceRequestsThrottled',
      'too many requests',
      'Try again later, or with a lower --concurrency.',
    ],
  ),
  'the region does not exist': [
    arm(
      400,
      'NoRegisteredProviderFound',
      `No registered resource provider found for location 'nowhere' and API version '2026-03-01' for type 'locations/publishers'. ${SUPPORTED} The supported locations are 'eastus, westus'.`,
      '--location',
      'nowhere',
    ),
    'azure SKU: returned 400 NoRegisteredProviderFound: no such region: nowhere',
    'Set --location to a region from az account list-locations.',
  ],
  'the API version is too new for the cloud': [
    arm(
      400,
      'NoRegisteredProviderFound',
      `No registered resource provider found for location 'eastus' and API version '2026-03-01' for type 'locations/publishers'. ${SUPPORTED} The supported locations are 'eastus, westus'.`,
    ),
    'azure SKU: returned 400 NoRegisteredProviderFound: API version 2026-03-01 is not supported in AzurePublicCloud (latest supported: 2024-11-01)',
    OTHER_VERSION,
  ],
  'the API version is unknown': [
    arm(
      404,
      'InvalidResourceType',
      `The resource type could not be found in the namespace 'Microsoft.Compute' for api version '2026-03-01'. ${SUPPORTED}`,
    ),
    'azure SKU: returned 404 InvalidResourceType: API version 2026-03-01 is not supported in AzurePublicCloud (latest supported: 2024-11-01)',
    OTHER_VERSION,
  ],
  'the API version is invalid': [
    arm(
      400,
      'InvalidApiVersionParameter',
      "The api-version '2026-03-01' is invalid. The supported versions are '2015-06-15,2024-11-01'.",
    ),
    'azure SKU: returned 400 InvalidApiVersionParameter: API version 2026-03-01 is not supported in AzurePublicCloud (latest supported: 2024-11-01)',
    OTHER_VERSION,
  ],
  'the API version is gone': [
    arm(410, 'Gone'),
    'azure SKU: returned 410 Gone: API version 2026-03-01 is not supported in AzurePublicCloud',
    OTHER_VERSION,
  ],
  'an unknown code': [
    arm(418, 'TeapotIsEmpty', 'The teapot of 11112222-3333-4444-5555-666677778888 is empty.'),
    'azure SKU: returned 418 TeapotIsEmpty: The teapot of … is empty.',
  ],
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
      NODE_EXTRA_CA_CERTS: service.certificateFile,
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
      NODE_EXTRA_CA_CERTS: service.certificateFile,
      AWS_ENDPOINT_URL_SSO: service.url,
    }
    return { env: { ...env, ...trusted }, args: args ?? [] }
  }

const awsSettings =
  (more: Environment): Make =>
  async () => ({ env: { ...(await aws()).found, ...more }, args: ONE })

const PROFILE = 'Set its keys with aws configure, or set AWS_PROFILE to another profile.'
const TRUST =
  'Check AWS_ROLE_ARN and role_arn, and allow the caller in the trust policy of the role.'

const CLAIMS =
  'Compare issuer, subject and audience of the CI token with the trust policy of the role.'
const NO_AWS = [
  'aws: no credentials found',
  'Sign in with aws sso login and set AWS_PROFILE, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
] as const

const AWS: Record<string, Failure> = {
  'nothing is set': [awsSettings({}), ...NO_AWS],
  'a key without its secret': [
    awsSettings({ AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE' }),
    'aws: AWS_SECRET_ACCESS_KEY is missing',
    'Set AWS_SECRET_ACCESS_KEY, or unset AWS_ACCESS_KEY_ID.',
  ],
  'profile: missing': [
    profile('[profile other]\nregion = us-east-1\n'),
    'aws: the profile does not exist, or its credentials are incomplete',
    PROFILE,
  ],
  'profile: source_profile in a circle': [
    profile(
      `[profile work]\nrole_arn = ${ROLE}\nsource_profile = base\n[profile base]\nrole_arn = ${ROLE}\nsource_profile = work\n`,
    ),
    'aws: source_profile of the profile is circular',
    'Correct source_profile in the AWS config file.',
  ],
  'profile: multi-factor authentication': [
    profile(
      `[profile work]\nrole_arn = ${ROLE}\nsource_profile = base\nmfa_serial = arn:aws:iam::482915537706:mfa/somebody\n[profile base]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMIxK7MDENGxbPxRfiCYEXAMPLEKEY\n`,
    ),
    'aws: the profile requires multi-factor authentication',
    'Run eval "$(aws configure export-credentials --format env)", which prompts for the code, and unset AWS_PROFILE.',
  ],
  'profile: credential_process fails': [
    profile('[profile work]\ncredential_process = false\n'),
    'aws: credential_process of the profile failed',
    'Run the credential_process command to see the error, and correct the command in the AWS config file.',
  ],
  // aws/aws-sdk-js#4413
  'SSO: not signed in': [profile(SSO), 'aws: not signed in to SSO', 'Sign in with aws sso login.'],
  ...byCode(
    (code) => portal(...statusAndCode(code)),
    (code, cause) => `aws: sign-in at HOST returned ${code.slice(4)}: ${cause}`,
    // ryansonshine/aws-sso-creds-helper#57
    ['401 UnauthorizedException', 'the SSO session has expired', 'Sign in with aws sso login.'],
    [
      '403 ForbiddenException',
      'the account or role of the profile is not assigned to the user',
      TRUST,
    ],
  ),
  ...byCode(
    (code) => sts(...statusAndCode(code.replace(/(IdentityToken|Claim)Exception$/, '$1'))),
    (code, cause) => `aws: sign-in at HOST returned ${code}: ${cause}`,
    ['403 AccessDenied', 'the caller is not allowed to assume the role', TRUST],
    [
      '400 ExpiredTokenException',
      'the token has expired',
      "Request a new token in the CI job, and check this machine's clock.",
    ],
    // aws/aws-cli#7194
    [
      '400 InvalidIdentityTokenException',
      'the role does not trust the issuer of the token',
      CLAIMS,
    ],
    ['403 IDPRejectedClaimException', 'the identity provider rejected the token', CLAIMS],
    // d2a4u/sqs4s#270
    ['400 ValidationError', 'role or token is malformed', TRUST],
    [
      '403 RegionDisabledException',
      'STS is not enabled in the region',
      'Set AWS_REGION to a region that the account has enabled.',
    ],
  ),
  'web identity: an unknown code': [
    sts(400, 'TeapotIsEmpty'),
    'aws: sign-in at HOST returned 400 TeapotIsEmpty: not for …',
  ],
  'web identity: the token in the variable': [
    awsSettings({
      AWS_WEB_IDENTITY_TOKEN_FILE: 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJwbGFudGVkIn0.cGxhbnRlZA',
      AWS_ROLE_ARN: ROLE,
    }),
    'AWS_WEB_IDENTITY_TOKEN_FILE: contains credentials, expected the path of a file',
    'Write the value to a file and set AWS_WEB_IDENTITY_TOKEN_FILE to its path.',
    2,
  ],
  'web identity: no file': [
    awsSettings({
      AWS_WEB_IDENTITY_TOKEN_FILE: '/nowhere/token',
      AWS_ROLE_ARN: ROLE,
    }),
    'AWS_WEB_IDENTITY_TOKEN_FILE: no such file',
    'Correct or remove AWS_WEB_IDENTITY_TOKEN_FILE.',
  ],
  'container: refused': [
    async () => {
      const container = await startServer(() => json(403, {}))
      onTestFinished(() => container.close())
      const more = { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${container.url}/credentials` }
      return { env: { ...(await aws()).found, ...more }, args: ONE }
    },
    ...NO_AWS,
  ],
  ...byCode(
    (code) => ec2(...statusAndCode(code)),
    (code, cause) => `aws us-east-1: returned ${code}: ${cause}`,
    // aws/aws-sdk-go-v2#1674
    [
      '400 RequestExpired',
      "the session has expired, or this machine's clock is wrong",
      'Sign in again with aws sso login, or renew AWS_SESSION_TOKEN.',
    ],
    // boto/boto3#2047
    [
      '403 UnauthorizedOperation',
      'the account is not allowed to list images',
      'Grant the account ec2:DescribeImages and ec2:DescribeRegions; with --regions, ec2:DescribeImages is sufficient.',
    ],
    [
      '403 OptInRequired',
      'the account is not signed up for EC2',
      'Complete the sign-up in the AWS console, or use another account with AWS_PROFILE.',
    ],
    [
      '401 SignatureDoesNotMatch',
      'the secret access key is wrong',
      'Check the keys of AWS_PROFILE, or of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
    ],
  ),
  'the key was deleted': [
    async () => ({
      env: { ...(await aws()).signedIn, AWS_ACCESS_KEY_ID: 'ASIADELETEDKEY000000' },
    }),
    'aws us-east-1 regions: returned 401 AuthFailure: the region is not enabled, or the keys are not valid',
    'Set --regions to regions that are enabled in the account, or check the keys.',
  ],
  'one region is down': [
    async () => ({
      env: (await aws({ failures: { 'eu-central-1': { status: 503 } } })).signedIn,
    }),
    'aws eu-central-1: returned 503 RequestLimitExceeded: too many requests',
    'Try again later, or with a lower --concurrency. Query the other regions with --regions ap-southeast-2,sa-east-1,us-east-1; existing images of eu-central-1 are kept.',
  ],
  'a region is not enabled': [
    async () => ({
      env: (await aws()).signedIn,
      args: ['--regions', 'us-east-1,me-south-1'],
    }),
    'aws me-south-1: returned 401 AuthFailure: the region is not enabled, or the keys are not valid',
    'Query the other regions with --regions us-east-1; existing images of me-south-1 are kept.',
  ],
  'an unknown code': [
    ec2(418, 'TeapotIsEmpty', `The teapot of ${ROLE} is empty`),
    'aws us-east-1: returned 418 TeapotIsEmpty: The teapot of … is empty',
  ],
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
      NODE_EXTRA_CA_CERTS: service.certificateFile,
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

const GCLOUD =
  'Sign in with gcloud auth application-default login, or set GOOGLE_APPLICATION_CREDENTIALS.'
const ADMINISTRATOR =
  'Ask the administrator of the organization, or use credentials of another organization.'

const LOGIN_AGAIN = 'Sign in again with gcloud auth application-default login.'
const ENABLE = 'Enable the Compute Engine API in the project of the credentials.'
const refusedLogin = (code: string, cause: string) =>
  `gcp: sign-in at oauth2.googleapis.com failed: ${cause} (${code})`
const refusedQuery = (code: string, cause: string) =>
  `gcp redhat-marketplace-public: returned 403 ${code}: ${cause}`

const GCP: Record<string, Failure> = {
  'nothing is set': [
    gcpSettings({ METADATA_SERVER_DETECTION: 'none' }),
    'gcp: no credentials found',
    GCLOUD,
  ],
  ...byCode(
    (code) => oauth(400, { error: code }),
    refusedLogin,
    // googleapis/google-cloud-python#10004
    ['invalid_grant', 'the login has expired or was revoked', LOGIN_AGAIN],
    // binxio/gcp-get-secret#3
    ['invalid_scope', 'the scope is invalid', GCLOUD],
    ['deleted_client', 'the client of the credentials was deleted', GCLOUD],
    ['admin_policy_enforced', 'the administrator does not allow the sign-in', ADMINISTRATOR],
  ),
  'login: expired in Workspace': [
    oauth(400, { error: 'invalid_grant', error_subtype: 'invalid_rapt' }),
    'gcp: sign-in at oauth2.googleapis.com failed: the login has expired (invalid_rapt)',
    LOGIN_AGAIN,
  ],
  'login: the clock is wrong': [
    oauth(400, {
      error: 'invalid_grant',
      error_description:
        'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.',
    }),
    refusedLogin('invalid_grant', "this machine's clock is wrong"),
    "Correct this machine's clock.",
  ],
  'login: in another folder of gcloud': [
    async (put, folder) => {
      await put('gcloud/application_default_credentials.json', '{')
      const more = { METADATA_SERVER_DETECTION: 'none', CLOUDSDK_CONFIG: join(folder, 'gcloud') }
      return gcpSettings(more)(put, folder)
    },
    'gcp: no credentials found',
    GCLOUD,
  ],
  'login: an unknown code': [
    oauth(400, {
      error: 'teapot_is_empty',
      error_description: 'The teapot of somebody@example.com is empty.',
    }),
    'gcp: sign-in at oauth2.googleapis.com returned 400 teapot_is_empty: The teapot of … is empty.',
  ],
  'key: mangled line ends': [
    key(SERVICE_ACCOUNT),
    'FILE: .private_key: malformed',
    'Download the key again: its line ends must be written as \\n in the JSON text.',
  ],
  'key: of another universe': [
    key({ ...SERVICE_ACCOUNT, universe_domain: 'universe.example' }),
    'FILE: the universe of the credentials is not googleapis.com',
    'Use credentials of Google Cloud, or remove the file.',
  ],
  'key: its content in the variable': [
    gcpSettings({ [KEY_VARIABLE]: JSON.stringify(SERVICE_ACCOUNT) }),
    'GOOGLE_APPLICATION_CREDENTIALS: contains credentials, expected the path of a file',
    'Write the value to a file and set GOOGLE_APPLICATION_CREDENTIALS to its path.',
    2,
  ],
  'key: deleted': [
    compute(401, { errors: [{ reason: 'authError' }] }),
    'gcp redhat-marketplace-public: returned 401 authError: the token was rejected',
    GCLOUD,
  ],
  ...byCode(
    (code) => compute(403, info(code)),
    refusedQuery,
    [
      'USER_PROJECT_DENIED',
      'the account is not allowed to use its quota project',
      'Set another project with gcloud auth application-default set-quota-project PROJECT.',
    ],
    [
      'ACCESS_TOKEN_SCOPE_INSUFFICIENT',
      'the token has no scope for Compute',
      'Sign in with gcloud auth application-default login, or grant the machine the scope compute.readonly.',
    ],
    ['SERVICE_DISABLED', 'the Compute Engine API is not enabled', ENABLE],
    [
      'BILLING_DISABLED',
      'billing is not enabled',
      'Enable billing in the project of the credentials, or use other credentials.',
    ],
    ['SECURITY_POLICY_VIOLATED', 'VPC Service Controls do not allow the query', ADMINISTRATOR],
    [
      'RESOURCE_USAGE_RESTRICTION_VIOLATED',
      'a policy of the organization does not allow the query',
      ADMINISTRATOR,
    ],
    [
      'ACCESS_DENIED_BY_ACCESS_CONTEXT',
      'an access level of the organization is not met',
      ADMINISTRATOR,
    ],
  ),
  'the API is not enabled, older words': [
    compute(403, { errors: [{ reason: 'accessNotConfigured' }] }),
    refusedQuery('accessNotConfigured', 'the Compute Engine API is not enabled'),
    ENABLE,
  ],
  'VPC Service Controls, older words': [
    compute(403, {
      ...FORBIDDEN,
      message:
        "Request is prohibited by organization's policy. vpcServiceControlsUniqueIdentifier: abc",
    }),
    refusedQuery('forbidden', 'a policy of the organization does not allow the query'),
    ADMINISTRATOR,
  ],
  'one image may not be read': [
    compute(403, FORBIDDEN, /oke-413/),
    'gcp redhat-marketplace-public/redhat-coreos-oke-413-x86-64-202305021736: returned 403 forbidden: the account is not allowed to read the image',
    GCLOUD,
  ],
  'an unknown reason': [
    compute(
      403,
      info('TEAPOT_IS_EMPTY', { message: 'The teapot of somebody@example.com is empty.' }),
    ),
    'gcp redhat-marketplace-public: returned 403 TEAPOT_IS_EMPTY: The teapot of … is empty.',
  ],
}

export const CASES: Readonly<Record<'azure' | 'aws' | 'gcp', Record<string, Failure>>> = {
  azure: AZURE,
  aws: AWS,
  gcp: GCP,
}
