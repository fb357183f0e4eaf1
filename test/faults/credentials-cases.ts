import { createHash } from 'node:crypto'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { errorXml } from '../mock-servers/aws-xml.ts'
import { imagesBeforeBump } from '../mock-servers/azure-images.ts'
import type { Fault, FaultRule } from '../mock-servers/faults.ts'
import { startServer } from '../mock-servers/server.ts'
import { awsFor } from '../support/aws.ts'
import { azureFor } from '../support/azure.ts'
import { gcpFor } from '../support/gcp.ts'
import { proxyFor } from '../support/proxy.ts'
import { json, signInFor } from '../support/sign-in.ts'

export type Environment = Readonly<Record<string, string>>

export interface CaptureInput {
  readonly env: Environment
  readonly args?: readonly string[]
}

/** Writes a file into the test's folder and returns its path. */
export type WriteFile = (name: string, text: string) => Promise<string>
type Prepare = (write: WriteFile, folder: string) => Promise<CaptureInput>

/**
 * A capture that fails, the text after `stream-snapshot:`, and the second line. An unknown code has no
 * remedy. FILE is a path, HOST is HOST:PORT, SKU is PUBLISHER:OFFER:SKU.
 */
export type Failure = readonly [prepare: Prepare, error: string, remedy?: string, exit?: 2]

export function createWriter(folder: string): WriteFile {
  return async (name, text) => {
    const file = join(folder, name)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text)
    return file
  }
}

const bodyFault = (status: number, value: object | string, type = 'application/json'): Fault => ({
  kind: 'body',
  status,
  body: typeof value === 'string' ? value : JSON.stringify(value),
  type,
})

const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64')
const RECREATE = 'Recreate FILE, or remove it.'

/** Returns a case for each row; the cases differ in the received code, the cause and the remedy. */
const casesByCode = <C extends string | number>(
  prepare: (code: C) => Prepare,
  error: (code: C, cause: string) => string,
  ...rows: readonly (readonly [code: C, cause: string, remedy: string])[]
): Record<string, Failure> =>
  Object.fromEntries(
    rows.map(([code, cause, remedy]) => [
      `${code}: ${cause}`,
      [prepare(code), error(code, cause), remedy] as const,
    ]),
  )

/** Parses text such as `403 AuthorizationFailed`. */
function parseStatusAndCode(text: string): [status: number, code: string] {
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
const SERVICE_PRINCIPAL = { ...IDS, clientSecret: 'not-the-secret-any-more' }

async function startAzure(faults: readonly FaultRule[] = []) {
  const server = await azureFor(imagesBeforeBump(), { faults })
  const { AZURE_AUTHORITY_HOST = '', NODE_EXTRA_CA_CERTS = '', NO_PROXY = '' } = server.environment
  return {
    /** Finds and trusts the mock server; PATH has no az. */
    connection: { AZURE_AUTHORITY_HOST, NODE_EXTRA_CA_CERTS, NO_PROXY, PATH: '/nowhere' },
    signedIn: server.environment as Environment,
    args: ['--azure-endpoint', server.url],
  }
}

/** Installs an `az` that prints to stderr and fails, or that prints to stdout if stderr is empty. */
const withAz =
  (stderr: string, stdout = ''): Prepare =>
  async (write, folder) => {
    const { connection, args } = await startAzure()
    const file = await write(
      'bin/az',
      stderr === ''
        ? `#!/bin/sh\necho '${stdout}'\n`
        : `#!/bin/sh\ncat <<'END' >&2\n${stderr}\nEND\nexit 1\n`,
    )
    await chmod(file, 0o755)
    const env = {
      ...connection,
      PATH: `${join(folder, 'bin')}:/usr/bin:/bin`,
      AZURE_SUBSCRIPTION_ID: SUBSCRIPTION,
    }
    return { env, args }
  }

/** Formats an error of Microsoft Entra ID as az prints it. */
const formatAzError = (number: number, text: string) =>
  `ERROR: AADSTS${number}: ${text} Trace ID: 11112222-3333-4444-5555-666677778888\nInteractive authentication is needed. Please run:\naz login`

const entraError =
  (number: number, description = 'somebody'): Prepare =>
  async () => {
    const fault = bodyFault(401, {
      error: 'invalid_client',
      error_description: `AADSTS${number}: ${description} Trace ID: 11112222-3333-4444-5555-666677778888`,
    })
    const { signedIn, args } = await startAzure([{ path: /oauth2\/v2\.0\/token/, fault }])
    return { env: signedIn, args }
  }

/** Sets a service principal in the environment without one of its variables. */
const withoutVariable =
  (name: string): Prepare =>
  async () => {
    const { connection, signedIn, args } = await startAzure()
    return { env: { ...signedIn, ...connection, [name]: '' }, args }
  }

const armError =
  (status: number, code: string, message = 'somebody', ...more: string[]): Prepare =>
  async () => {
    const fault = bodyFault(status, { error: { code, message } })
    const { signedIn, args } = await startAzure([{ path: /skus/, fault }])
    return { env: signedIn, args: [...args, ...more] }
  }

const azureVariables =
  (variables: Environment): Prepare =>
  async () => {
    const { connection, args } = await startAzure()
    return {
      env: { ...connection, AZURE_SUBSCRIPTION_ID: SUBSCRIPTION, ...variables },
      args,
    }
  }

const servicePrincipalFile =
  (members: object | string, faults: readonly FaultRule[] = []): Prepare =>
  async (write) => {
    const { connection, args } = await startAzure(faults)
    const text = typeof members === 'string' ? members : JSON.stringify(members)
    return {
      env: { ...connection, AZURE_AUTH_LOCATION: await write('principal.json', text) },
      args,
    }
  }

const SUPPORTED_VERSIONS = "The supported api-versions are '2015-06-15, 2024-11-01'."

const SIGN_IN_AGAIN = 'Sign in again with az login.'
const COMPLETE_SECOND_FACTOR =
  'Sign in with az login --tenant TENANT, and complete the second factor.'
const SET_TENANT =
  'Set AZURE_TENANT_ID to the tenant of the subscription, or sign in with az login --tenant TENANT.'
const SET_ENVIRONMENT =
  'Set --azure-environment to the cloud of the account: AzurePublicCloud, AzureUSGovernmentCloud or AzureChinaCloud.'
const SIGN_IN =
  'Sign in with az login, or set AZURE_SUBSCRIPTION_ID, AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or set AZURE_AUTH_LOCATION to a service principal file.'
const CHECK_APPLICATION =
  'Check AZURE_CLIENT_ID and AZURE_TENANT_ID, or the service principal file.'
const CREATE_SECRET =
  'Create a client secret for the application, and set AZURE_CLIENT_SECRET to its value.'
const SET_SUBSCRIPTION = 'Set --subscription to a subscription from az account list.'
const USE_FILE = 'Write the value to a file and set AZURE_AUTH_LOCATION to its path.'
const formatAadsts = (code: number, cause: string) =>
  `azure: sign-in failed: ${cause} (AADSTS${code})`
const USE_OTHER_VERSION = 'Use a version of stream-snapshot that sends a supported API version.'
const AZURE: Record<string, Failure> = {
  'nothing is set': [
    async () => ({ env: { PATH: '/nowhere' } }),
    'azure: no credentials found',
    SIGN_IN,
  ],
  // Azure/azure-sdk-for-python#28478
  'only AZURE_SUBSCRIPTION_ID is set': [azureVariables({}), 'azure: no credentials found', SIGN_IN],
  'az: not signed in': [
    withAz("ERROR: Please run 'az login' to setup account."),
    'azure: az is not signed in, or the sign-in has expired',
    'Sign in with az login.',
  ],
  ...casesByCode(
    (code) => withAz(formatAzError(code, 'somebody')),
    formatAadsts,
    // microsoft/vscode-azure-account#254
    [700082, 'the login has expired', SIGN_IN_AGAIN],
    [50173, 'the login was revoked', SIGN_IN_AGAIN],
    [70043, 'the login has expired', SIGN_IN_AGAIN],
    [50076, 'multi-factor authentication is required', COMPLETE_SECOND_FACTOR],
    // Azure/azure-cli#6256
    [50079, 'multi-factor authentication is required', COMPLETE_SECOND_FACTOR],
    // Azure/api-management-developer-portal#1310
    [50078, 'multi-factor authentication has expired', COMPLETE_SECOND_FACTOR],
    [50020, 'the account does not exist in this tenant', SET_TENANT],
    [500011, 'this Azure cloud does not have the API', SET_ENVIRONMENT],
  ),
  // Azure/azure-sdk-for-net#19201
  'az: the login has expired, older az': [
    withAz(
      'ERROR: Get Token request returned http error: 400 and server response: {"error":"invalid_grant","error_description":"AADSTS70008: The provided authorization code or refresh token has expired due to inactivity."}',
    ),
    formatAadsts(70008, 'the login has expired'),
    SIGN_IN_AGAIN,
  ],
  'az: invalid JSON': [
    withAz('', 'not a token'),
    'azure: az account get-access-token printed no token',
    'Run az account get-access-token to see why, or sign in again with az login.',
  ],
  'az: an expired token': [
    withAz('', '{"accessToken":"a.b.c","expires_on":1000000000,"tokenType":"Bearer"}'),
    'azure: the received token has already expired',
    "Check this machine's clock, or sign in again with az login.",
  ],
  'az: an unknown message': [
    withAz('ERROR: The keyring is locked for 11112222-3333-4444-5555-666677778888'),
    'azure: az account get-access-token: The keyring is locked for …',
  ],
  ...casesByCode(
    entraError,
    formatAadsts,
    [7000222, 'the client secret has expired', CREATE_SECRET],
    [7000215, 'the client secret is wrong', CREATE_SECRET],
    [700016, 'the tenant does not have the application', CHECK_APPLICATION],
    [7000112, 'the application is disabled', CHECK_APPLICATION],
    [90002, 'the tenant does not exist', SET_TENANT],
    [900382, 'the account is in another Azure cloud', SET_ENVIRONMENT],
  ),
  'secret: an unknown number': [
    entraError(987654, 'Something new for 11112222-3333-4444-5555-666677778888.'),
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
  'secret: an HTML page from a proxy': [
    async () => {
      const fault = bodyFault(200, '<html>', 'text/html')
      const { signedIn, args } = await startAzure([{ path: /oauth2\/v2\.0\/token/, fault }])
      return { env: signedIn, args }
    },
    'azure: sign-in at HOST: the response is not JSON',
    'Check HTTPS_PROXY: a proxy or a sign-in page may have sent the response.',
  ],
  'secret: the authority is down': [
    async () => {
      const { signedIn, args } = await startAzure()
      return { env: { ...signedIn, AZURE_AUTHORITY_HOST: 'https://127.0.0.1:1' }, args }
    },
    'azure: sign-in at HOST: connection refused (ECONNREFUSED)',
    'Check the network connection, and set HTTPS_PROXY if a proxy is required.',
  ],
  'file: the secret has expired': [
    servicePrincipalFile(SERVICE_PRINCIPAL, [
      {
        path: /oauth2\/v2\.0\/token/,
        fault: bodyFault(401, {
          error: 'invalid_client',
          error_description: 'AADSTS7000222: somebody',
        }),
      },
    ]),
    formatAadsts(7000222, 'the client secret has expired'),
    'Renew or remove FILE.',
  ],
  'file: invalid JSON': [
    servicePrincipalFile('{ "clientSecret": "hunter2hunter2",, }'),
    'FILE: invalid JSON, expected credentials',
    RECREATE,
  ],
  'file: empty': [
    servicePrincipalFile(''),
    'FILE: the file is empty, expected credentials',
    RECREATE,
  ],
  'file: a missing key': [
    servicePrincipalFile({ ...SERVICE_PRINCIPAL, tenantId: undefined }),
    'FILE: .tenantId: missing',
    'Add .tenantId, or remove FILE.',
  ],
  'file: a tenant name instead of an ID': [
    servicePrincipalFile({ ...SERVICE_PRINCIPAL, tenantId: 'Contoso Ltd' }),
    'FILE: .tenantId: expected the ID or a domain of a tenant',
    'Set it to the tenantId that az account show prints.',
    2,
  ],
  'file: a line break after the secret': [
    servicePrincipalFile({ ...SERVICE_PRINCIPAL, clientSecret: 'hunter2hunter2\n' }),
    'FILE: .clientSecret: has leading or trailing white space, or is not a string',
    'Correct .clientSecret.',
    2,
  ],
  'file: a missing certificate': [
    servicePrincipalFile({ ...IDS, clientCertificate: '/nowhere/c.pem' }),
    'FILE: .clientCertificate: no such file',
    'Correct or remove FILE: .clientCertificate.',
  ],
  'file: missing': [
    azureVariables({ AZURE_AUTH_LOCATION: '/nowhere/principal.json' }),
    'AZURE_AUTH_LOCATION: no such file',
    'Correct or remove AZURE_AUTH_LOCATION.',
  ],
  'file: its content in the variable': [
    azureVariables({ AZURE_AUTH_LOCATION: JSON.stringify(SERVICE_PRINCIPAL) }),
    'AZURE_AUTH_LOCATION: contains credentials, expected the path of a file',
    USE_FILE,
    2,
  ],
  'file: its content in base64': [
    azureVariables({ AZURE_AUTH_LOCATION: base64(SERVICE_PRINCIPAL) }),
    'AZURE_AUTH_LOCATION: contains credentials, expected the path of a file',
    USE_FILE,
    2,
  ],
  'AZURE_TOKEN_CREDENTIALS of another SDK': [
    azureVariables({ AZURE_TOKEN_CREDENTIALS: 'SharedTokenCache' }),
    'AZURE_TOKEN_CREDENTIALS: unknown value',
    'Set it to prod, dev, EnvironmentCredential, WorkloadIdentityCredential, ManagedIdentityCredential, VisualStudioCodeCredential, AzureCliCredential, AzurePowerShellCredential or AzureDeveloperCliCredential, or unset it.',
    2,
  ],
  'AZURE_AUTHORITY_HOST without https': [
    azureVariables({ AZURE_AUTHORITY_HOST: 'login.example' }),
    'AZURE_AUTHORITY_HOST: expected a URL such as https://login.microsoftonline.com',
    'Correct or unset AZURE_AUTHORITY_HOST.',
    2,
  ],
  'AZURE_TENANT_ID with a space': [
    azureVariables({ AZURE_TENANT_ID: 'Contoso Ltd' }),
    'AZURE_TENANT_ID: expected the ID or a domain of a tenant',
    'Set it to the tenantId that az account show prints.',
    2,
  ],
  'AZURE_CLIENT_SECRET with a line end': [
    azureVariables({ AZURE_CLIENT_SECRET: 'hunter2hunter2\n' }),
    'AZURE_CLIENT_SECRET: leading or trailing white space in the value',
    'Remove the spaces and line ends around the value of AZURE_CLIENT_SECRET.',
    2,
  ],
  ...casesByCode(
    (code) => armError(...parseStatusAndCode(code)),
    (returned, cause) => `azure SKU: returned ${returned}: ${cause}`,
    ['401 ExpiredAuthenticationToken', 'the token has expired', SIGN_IN_AGAIN],
    [
      '401 InvalidAuthenticationTokenAudience',
      'the token is for another Azure cloud',
      SET_ENVIRONMENT,
    ],
    ['401 InvalidAuthenticationTokenTenant', 'the account is in another tenant', SET_TENANT],
    [
      '403 AuthorizationFailed',
      'the account is not allowed to list images',
      'Assign the role Reader on the subscription to the account, or sign in with another account.',
    ],
    ['404 SubscriptionNotFound', 'the account does not have this subscription', SET_SUBSCRIPTION],
    ['409 ReadOnlyDisabledSubscription', 'the subscription is disabled', SET_SUBSCRIPTION],
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
    armError(
      400,
      'NoRegisteredProviderFound',
      `No registered resource provider found for location 'nowhere' and API version '2026-03-01' for type 'locations/publishers'. ${SUPPORTED_VERSIONS} The supported locations are 'eastus, westus'.`,
      '--location',
      'nowhere',
    ),
    'azure SKU: returned 400 NoRegisteredProviderFound: no such region: nowhere',
    'Set --location to a region from az account list-locations.',
  ],
  'the API version is too new for the cloud': [
    armError(
      400,
      'NoRegisteredProviderFound',
      `No registered resource provider found for location 'eastus' and API version '2026-03-01' for type 'locations/publishers'. ${SUPPORTED_VERSIONS} The supported locations are 'eastus, westus'.`,
    ),
    'azure SKU: returned 400 NoRegisteredProviderFound: API version 2026-03-01 is not supported in AzurePublicCloud (latest supported: 2024-11-01)',
    USE_OTHER_VERSION,
  ],
  'the API version is unknown': [
    armError(
      404,
      'InvalidResourceType',
      `The resource type could not be found in the namespace 'Microsoft.Compute' for api version '2026-03-01'. ${SUPPORTED_VERSIONS}`,
    ),
    'azure SKU: returned 404 InvalidResourceType: API version 2026-03-01 is not supported in AzurePublicCloud (latest supported: 2024-11-01)',
    USE_OTHER_VERSION,
  ],
  'the API version is invalid': [
    armError(
      400,
      'InvalidApiVersionParameter',
      "The api-version '2026-03-01' is invalid. The supported versions are '2015-06-15,2024-11-01'.",
    ),
    'azure SKU: returned 400 InvalidApiVersionParameter: API version 2026-03-01 is not supported in AzurePublicCloud (latest supported: 2024-11-01)',
    USE_OTHER_VERSION,
  ],
  'the API version was removed': [
    armError(410, 'Gone'),
    'azure SKU: returned 410 Gone: API version 2026-03-01 is not supported in AzurePublicCloud',
    USE_OTHER_VERSION,
  ],
  'an unknown code': [
    armError(418, 'TeapotIsEmpty', 'The teapot of 11112222-3333-4444-5555-666677778888 is empty.'),
    'azure SKU: returned 418 TeapotIsEmpty: The teapot of … is empty.',
  ],
}

// AWS

const KEYS = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']
const ROLE = 'arn:aws:iam::482915537706:role/somebody'
const ONE_REGION = ['--regions', 'us-east-1']

async function startAws(options: Parameters<typeof awsFor>[0] = {}) {
  const { environment } = await awsFor(options)
  const others = Object.entries(environment).filter(([name]) => !KEYS.includes(name))
  return {
    signedIn: environment as Environment,
    connection: Object.fromEntries(others) as Environment,
  }
}

const ec2Error =
  (status: number, code: string, message = 'somebody'): Prepare =>
  async () => {
    const xml = String(errorXml(status, code, message).body)
    const faults = [{ path: /\//, fault: bodyFault(status, xml, 'text/xml') }]
    return { env: (await startAws({ faults })).signedIn, args: ONE_REGION }
  }

/** Sets a web identity that STS rejects. */
const stsError =
  (status: number, code: string): Prepare =>
  async (write) => {
    const xml = `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>not for ${ROLE}</Message></Error></ErrorResponse>`
    const service = await signInFor({ status, headers: { 'content-type': 'text/xml' }, body: xml })
    const env = {
      ...(await startAws()).connection,
      NODE_EXTRA_CA_CERTS: service.certificateFile,
      AWS_ENDPOINT_URL_STS: service.url,
      AWS_WEB_IDENTITY_TOKEN_FILE: await write('token', 'a.b.c'),
      AWS_ROLE_ARN: ROLE,
    }
    return { env, args: ONE_REGION }
  }

/** Writes an AWS config file. */
const withProfile =
  (config: string): Prepare =>
  async (write, folder) => {
    const { connection } = await startAws()
    const file = await write('config', config)
    return {
      env: { ...connection, HOME: folder, AWS_CONFIG_FILE: file, AWS_PROFILE: 'work' },
      args: ONE_REGION,
    }
  }

const SSO =
  '[profile work]\nsso_session = s\nsso_account_id = 482915537706\nsso_role_name = reader\n[sso-session s]\nsso_start_url = https://work.example/start\nsso_region = us-east-1\n'

/** Writes an SSO login that the portal rejects. */
const ssoError =
  (status: number, code: string): Prepare =>
  async (write, folder) => {
    const name = createHash('sha1').update('s').digest('hex')
    const login = {
      accessToken: 'example-login-token-0123456789',
      expiresAt: '2099-01-01T00:00:00Z',
    }
    await write(`.aws/sso/cache/${name}.json`, JSON.stringify(login))
    const service = await signInFor({
      ...json(status, { message: 'somebody' }),
      headers: { 'content-type': 'application/json', 'x-amzn-errortype': code },
    })
    const { env, args } = await withProfile(SSO)(write, folder)
    const trusted = {
      NODE_EXTRA_CA_CERTS: service.certificateFile,
      AWS_ENDPOINT_URL_SSO: service.url,
    }
    return { env: { ...env, ...trusted }, args: args ?? [] }
  }

const awsVariables =
  (variables: Environment): Prepare =>
  async () => ({ env: { ...(await startAws()).connection, ...variables }, args: ONE_REGION })

const SET_PROFILE = 'Set its keys with aws configure, or set AWS_PROFILE to another profile.'
const CHECK_TRUST =
  'Check AWS_ROLE_ARN and role_arn, and allow the caller in the trust policy of the role.'

const COMPARE_CLAIMS =
  'Compare issuer, subject and audience of the CI token with the trust policy of the role.'
const NO_AWS_CREDENTIALS = [
  'aws: no credentials found',
  'Sign in with aws sso login and set AWS_PROFILE, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
] as const

const AWS: Record<string, Failure> = {
  'nothing is set': [awsVariables({}), ...NO_AWS_CREDENTIALS],
  'a key without its secret': [
    awsVariables({ AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE' }),
    'aws: AWS_SECRET_ACCESS_KEY is missing',
    'Set AWS_SECRET_ACCESS_KEY, or unset AWS_ACCESS_KEY_ID.',
  ],
  'profile: missing': [
    withProfile('[profile other]\nregion = us-east-1\n'),
    'aws: the profile does not exist, or its credentials are incomplete',
    SET_PROFILE,
  ],
  'profile: circular source_profile': [
    withProfile(
      `[profile work]\nrole_arn = ${ROLE}\nsource_profile = base\n[profile base]\nrole_arn = ${ROLE}\nsource_profile = work\n`,
    ),
    'aws: source_profile of the profile is circular',
    'Correct source_profile in the AWS config file.',
  ],
  'profile: multi-factor authentication': [
    withProfile(
      `[profile work]\nrole_arn = ${ROLE}\nsource_profile = base\nmfa_serial = arn:aws:iam::482915537706:mfa/somebody\n[profile base]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMIxK7MDENGxbPxRfiCYEXAMPLEKEY\n`,
    ),
    'aws: the profile requires multi-factor authentication',
    'Run eval "$(aws configure export-credentials --format env)", which prompts for the code, and unset AWS_PROFILE.',
  ],
  'profile: credential_process fails': [
    withProfile('[profile work]\ncredential_process = false\n'),
    'aws: credential_process of the profile failed',
    'Run the credential_process command to see the error, and correct the command in the AWS config file.',
  ],
  // aws/aws-sdk-js#4413
  'SSO: not signed in': [
    withProfile(SSO),
    'aws: not signed in to SSO',
    'Sign in with aws sso login.',
  ],
  ...casesByCode(
    (code) => ssoError(...parseStatusAndCode(code)),
    (code, cause) => `aws: sign-in at HOST returned ${code.slice(4)}: ${cause}`,
    // ryansonshine/aws-sso-creds-helper#57
    ['401 UnauthorizedException', 'the SSO session has expired', 'Sign in with aws sso login.'],
    [
      '403 ForbiddenException',
      'the account or role of the profile is not assigned to the user',
      CHECK_TRUST,
    ],
  ),
  ...casesByCode(
    (code) =>
      stsError(...parseStatusAndCode(code.replace(/(IdentityToken|Claim)Exception$/, '$1'))),
    (code, cause) => `aws: sign-in at HOST returned ${code}: ${cause}`,
    ['403 AccessDenied', 'the caller is not allowed to assume the role', CHECK_TRUST],
    [
      '400 ExpiredTokenException',
      'the token has expired',
      "Request a new token in the CI job, and check this machine's clock.",
    ],
    // aws/aws-cli#7194
    [
      '400 InvalidIdentityTokenException',
      'the role does not trust the issuer of the token',
      COMPARE_CLAIMS,
    ],
    ['403 IDPRejectedClaimException', 'the identity provider rejected the token', COMPARE_CLAIMS],
    // d2a4u/sqs4s#270
    ['400 ValidationError', 'role or token is malformed', CHECK_TRUST],
    [
      '403 RegionDisabledException',
      'STS is not enabled in the region',
      'Set AWS_REGION to a region that the account has enabled.',
    ],
  ),
  'web identity: an unknown code': [
    stsError(400, 'TeapotIsEmpty'),
    'aws: sign-in at HOST returned 400 TeapotIsEmpty: not for …',
  ],
  'web identity: the token in the variable': [
    awsVariables({
      AWS_WEB_IDENTITY_TOKEN_FILE: 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJwbGFudGVkIn0.cGxhbnRlZA',
      AWS_ROLE_ARN: ROLE,
    }),
    'AWS_WEB_IDENTITY_TOKEN_FILE: contains credentials, expected the path of a file',
    'Write the value to a file and set AWS_WEB_IDENTITY_TOKEN_FILE to its path.',
    2,
  ],
  'web identity: a missing file': [
    awsVariables({
      AWS_WEB_IDENTITY_TOKEN_FILE: '/nowhere/token',
      AWS_ROLE_ARN: ROLE,
    }),
    'AWS_WEB_IDENTITY_TOKEN_FILE: no such file',
    'Correct or remove AWS_WEB_IDENTITY_TOKEN_FILE.',
  ],
  'container: 403': [
    async () => {
      const container = await startServer(() => json(403, {}))
      onTestFinished(() => container.close())
      const more = { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${container.url}/credentials` }
      return { env: { ...(await startAws()).connection, ...more }, args: ONE_REGION }
    },
    ...NO_AWS_CREDENTIALS,
  ],
  ...casesByCode(
    (code) => ec2Error(...parseStatusAndCode(code)),
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
      env: { ...(await startAws()).signedIn, AWS_ACCESS_KEY_ID: 'ASIADELETEDKEY000000' },
    }),
    'aws us-east-1 regions: returned 401 AuthFailure: the region is not enabled, or the keys are not valid',
    'Set --regions to regions that are enabled in the account, or check the keys.',
  ],
  'one region is down': [
    async () => ({
      env: (await startAws({ failures: { 'eu-central-1': { status: 503 } } })).signedIn,
    }),
    'aws eu-central-1: returned 503 RequestLimitExceeded: too many requests',
    'Try again later, or with a lower --concurrency. Query the other regions with --regions ap-southeast-2,sa-east-1,us-east-1; any images of eu-central-1 in the snapshot are kept.',
  ],
  'a region is not enabled': [
    async () => ({
      env: (await startAws()).signedIn,
      args: ['--regions', 'us-east-1,me-south-1'],
    }),
    'aws me-south-1: returned 401 AuthFailure: the region is not enabled, or the keys are not valid',
    'Query the other regions with --regions us-east-1; any images of me-south-1 in the snapshot are kept.',
  ],
  'an unknown code': [
    ec2Error(418, 'TeapotIsEmpty', `The teapot of ${ROLE} is empty`),
    'aws us-east-1: returned 418 TeapotIsEmpty: The teapot of … is empty',
  ],
}

// GCP

const KEY_VARIABLE = 'GOOGLE_APPLICATION_CREDENTIALS'

async function startGcp(faults: readonly FaultRule[] = []) {
  const { environment, url } = await gcpFor({ faults })
  return { signedIn: environment as Environment, args: ['--gcp-endpoint', url] }
}

const computeError =
  (status: number, error: object, path = /images/): Prepare =>
  async () => {
    const fault = bodyFault(status, { error: { code: status, message: 'somebody', ...error } })
    const { signedIn, args } = await startGcp([{ path, fault }])
    return { env: signedIn, args }
  }

const FORBIDDEN = { errors: [{ message: 'somebody', domain: 'global', reason: 'forbidden' }] }
const errorInfo = (reason: string, more = {}) => ({
  ...FORBIDDEN,
  status: 'PERMISSION_DENIED',
  details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason }],
  ...more,
})

/** Writes a user login that Google rejects. */
const oauthError =
  (status: number, response: object): Prepare =>
  async (write) => {
    const host = 'oauth2.googleapis.com'
    const service = await signInFor(json(status, response), { hosts: [host] })
    const proxy = await proxyFor({ hosts: { [host]: service.port } })
    const login = {
      type: 'authorized_user',
      client_id: '764086051850.apps.googleusercontent.com',
      client_secret: 'd-not-a-secret',
      refresh_token: '1//not-a-refresh-token',
    }
    const { signedIn, args } = await startGcp()
    const env = {
      ...signedIn,
      NODE_EXTRA_CA_CERTS: service.certificateFile,
      HTTPS_PROXY: proxy.url,
      [KEY_VARIABLE]: await write('login.json', JSON.stringify(login)),
    }
    return { env, args }
  }

const keyFile =
  (members: object | string): Prepare =>
  async (write) => {
    const text = typeof members === 'string' ? members : JSON.stringify(members)
    const { signedIn, args } = await startGcp()
    return { env: { ...signedIn, [KEY_VARIABLE]: await write('key.json', text) }, args }
  }

const gcpVariables =
  (variables: Environment): Prepare =>
  async () => {
    const { signedIn, args } = await startGcp()
    const others = Object.entries(signedIn).filter(([name]) => name !== KEY_VARIABLE)
    return { env: { ...Object.fromEntries(others), ...variables }, args }
  }

const SERVICE_ACCOUNT = {
  type: 'service_account',
  project_id: 'example-project-417',
  client_email: 'reader@example-project-417.iam.gserviceaccount.com',
  private_key: '-----BEGIN PRIVATE KEY-----\\nMIIEvgIBADANBg\\n-----END PRIVATE KEY-----',
}

const SIGN_IN_GCLOUD =
  'Sign in with gcloud auth application-default login, or set GOOGLE_APPLICATION_CREDENTIALS.'
const ASK_ADMINISTRATOR =
  'Ask the administrator of the organization, or use credentials of another organization.'

const SIGN_IN_GCLOUD_AGAIN = 'Sign in again with gcloud auth application-default login.'
const ENABLE_API = 'Enable the Compute Engine API in the project of the credentials.'
const formatSignInError = (code: string, cause: string) =>
  `gcp: sign-in at oauth2.googleapis.com failed: ${cause} (${code})`
const formatQueryError = (code: string, cause: string) =>
  `gcp redhat-marketplace-public: returned 403 ${code}: ${cause}`

const GCP: Record<string, Failure> = {
  'nothing is set': [
    gcpVariables({ METADATA_SERVER_DETECTION: 'none' }),
    'gcp: no credentials found',
    SIGN_IN_GCLOUD,
  ],
  ...casesByCode(
    (code) => oauthError(400, { error: code }),
    formatSignInError,
    // googleapis/google-cloud-python#10004
    ['invalid_grant', 'the login has expired or was revoked', SIGN_IN_GCLOUD_AGAIN],
    // binxio/gcp-get-secret#3
    ['invalid_scope', 'the scope is invalid', SIGN_IN_GCLOUD],
    ['deleted_client', 'the client of the credentials was deleted', SIGN_IN_GCLOUD],
    ['admin_policy_enforced', 'the administrator does not allow the sign-in', ASK_ADMINISTRATOR],
  ),
  'login: expired in Workspace': [
    oauthError(400, { error: 'invalid_grant', error_subtype: 'invalid_rapt' }),
    'gcp: sign-in at oauth2.googleapis.com failed: the login has expired (invalid_rapt)',
    SIGN_IN_GCLOUD_AGAIN,
  ],
  'login: the clock is wrong': [
    oauthError(400, {
      error: 'invalid_grant',
      error_description:
        'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.',
    }),
    formatSignInError('invalid_grant', "this machine's clock is wrong"),
    "Correct this machine's clock.",
  ],
  'login: only in the folder of CLOUDSDK_CONFIG': [
    async (write, folder) => {
      await write('gcloud/application_default_credentials.json', '{')
      const more = { METADATA_SERVER_DETECTION: 'none', CLOUDSDK_CONFIG: join(folder, 'gcloud') }
      return gcpVariables(more)(write, folder)
    },
    'gcp: no credentials found',
    SIGN_IN_GCLOUD,
  ],
  'login: an unknown code': [
    oauthError(400, {
      error: 'teapot_is_empty',
      error_description: 'The teapot of somebody@example.com is empty.',
    }),
    'gcp: sign-in at oauth2.googleapis.com returned 400 teapot_is_empty: The teapot of … is empty.',
  ],
  'key: double-escaped line ends': [
    keyFile(SERVICE_ACCOUNT),
    'FILE: .private_key: malformed',
    'Download the key again: its line ends must be written as \\n in the JSON text.',
  ],
  'key: another universe': [
    keyFile({ ...SERVICE_ACCOUNT, universe_domain: 'universe.example' }),
    'FILE: the universe of the credentials is not googleapis.com',
    'Use credentials of Google Cloud, or remove the file.',
  ],
  'key: its content in the variable': [
    gcpVariables({ [KEY_VARIABLE]: JSON.stringify(SERVICE_ACCOUNT) }),
    'GOOGLE_APPLICATION_CREDENTIALS: contains credentials, expected the path of a file',
    'Write the value to a file and set GOOGLE_APPLICATION_CREDENTIALS to its path.',
    2,
  ],
  'key: deleted': [
    computeError(401, { errors: [{ reason: 'authError' }] }),
    'gcp redhat-marketplace-public: returned 401 authError: the token was rejected',
    SIGN_IN_GCLOUD,
  ],
  ...casesByCode(
    (code) => computeError(403, errorInfo(code)),
    formatQueryError,
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
    ['SERVICE_DISABLED', 'the Compute Engine API is not enabled', ENABLE_API],
    [
      'BILLING_DISABLED',
      'billing is not enabled',
      'Enable billing in the project of the credentials, or use other credentials.',
    ],
    ['SECURITY_POLICY_VIOLATED', 'VPC Service Controls do not allow the query', ASK_ADMINISTRATOR],
    [
      'RESOURCE_USAGE_RESTRICTION_VIOLATED',
      'a policy of the organization does not allow the query',
      ASK_ADMINISTRATOR,
    ],
    [
      'ACCESS_DENIED_BY_ACCESS_CONTEXT',
      'an access level of the organization is not met',
      ASK_ADMINISTRATOR,
    ],
  ),
  'the API is not enabled: older error code': [
    computeError(403, { errors: [{ reason: 'accessNotConfigured' }] }),
    formatQueryError('accessNotConfigured', 'the Compute Engine API is not enabled'),
    ENABLE_API,
  ],
  'VPC Service Controls: older message': [
    computeError(403, {
      ...FORBIDDEN,
      message:
        "Request is prohibited by organization's policy. vpcServiceControlsUniqueIdentifier: abc",
    }),
    formatQueryError('forbidden', 'a policy of the organization does not allow the query'),
    ASK_ADMINISTRATOR,
  ],
  'one image is forbidden': [
    computeError(403, FORBIDDEN, /oke-413/),
    'gcp redhat-marketplace-public/redhat-coreos-oke-413-x86-64-202305021736: returned 403 forbidden: the account is not allowed to read the image',
    SIGN_IN_GCLOUD,
  ],
  'an unknown reason': [
    computeError(
      403,
      errorInfo('TEAPOT_IS_EMPTY', { message: 'The teapot of somebody@example.com is empty.' }),
    ),
    'gcp redhat-marketplace-public: returned 403 TEAPOT_IS_EMPTY: The teapot of … is empty.',
  ],
}

export const CASES: Readonly<Record<'azure' | 'aws' | 'gcp', Record<string, Failure>>> = {
  azure: AZURE,
  aws: AWS,
  gcp: GCP,
}
