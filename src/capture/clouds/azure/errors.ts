import { RestError } from '@azure/arm-compute'
import type { AzureEnvironment } from '../../../core/criteria/criteria.ts'
import { type ErrorTable, type Explanation, explainResponse } from '../../http/errors.ts'

const LOGIN = 'Sign in again with az login.'
const SECRET =
  'Create a client secret for the application, and set AZURE_CLIENT_SECRET to its value.'
const APPLICATION = 'Check AZURE_CLIENT_ID and AZURE_TENANT_ID, or the service principal file.'
const TENANT =
  'Set AZURE_TENANT_ID to the tenant of the subscription, or sign in with az login --tenant TENANT.'
const MFA = 'Sign in with az login --tenant TENANT, and complete the second factor.'
const POLICY = 'Ask the administrator of the tenant which devices and networks its policies allow.'
const FEDERATION =
  'Compare issuer, subject and audience of the CI token with the federated credential of the application.'
const ENVIRONMENT = `Set --azure-environment to the cloud of the account: AzurePublicCloud, AzureUSGovernmentCloud or AzureChinaCloud.`
const ASSERTION = "Request a new token in the CI job, and check this machine's clock."
const RETRY = 'Try again later.'

/** The numbers of Microsoft Entra ID (AADSTS). */
export const SIGN_IN_ERRORS: ErrorTable = {
  '16000': ['the account is not one of this tenant', TENANT],
  '50005': ['a policy does not allow this device', POLICY],
  '50014': ['the login has expired', LOGIN],
  '50020': ['the account does not exist in this tenant', TENANT],
  '50034': ['the account does not exist in this tenant', TENANT],
  '50053': ['the account is locked after too many attempts', RETRY],
  '50055': ['the password has expired', LOGIN],
  '50057': [
    'the account is disabled',
    'Ask the administrator of the tenant to enable the account.',
  ],
  '50058': ['not signed in', LOGIN],
  '50059': ['the tenant is missing', TENANT],
  '50072': ['multi-factor authentication is required', MFA],
  '50074': ['multi-factor authentication is required', MFA],
  '50076': ['multi-factor authentication is required', MFA],
  '50078': ['multi-factor authentication has expired', MFA],
  '50079': ['multi-factor authentication is required', MFA],
  '50089': ['the login has expired', LOGIN],
  '50097': ['a policy requires a registered device', POLICY],
  '50105': ['the account is not assigned to the application', APPLICATION],
  '50126': ['user name or password is wrong', LOGIN],
  '50128': ['there is no such tenant', TENANT],
  '50131': ['a policy does not allow this device', POLICY],
  '50132': ['the login was revoked', LOGIN],
  '50133': ['the login was revoked', LOGIN],
  '50158': ['multi-factor authentication is required', MFA],
  '50173': ['the login was revoked', LOGIN],
  '53000': ['a policy requires a compliant device', POLICY],
  '53001': ['a policy requires a joined device', POLICY],
  '53002': ['a policy does not allow this application', POLICY],
  '53003': ['a policy does not allow this sign-in', POLICY],
  '530003': ['a policy requires a managed device', POLICY],
  '65001': ['the application has no consent for Azure', APPLICATION],
  '70000': ['the login has expired or was revoked', LOGIN],
  '70003': ['the application may not sign in this way', APPLICATION],
  '70008': ['the login has expired', LOGIN],
  '70011': ['the scope is invalid', ENVIRONMENT],
  '70021': ['the application does not trust this CI token', FEDERATION],
  '70043': ['the login has expired', LOGIN],
  '90002': ['there is no such tenant', TENANT],
  '90033': ['the sign-in service is not available', RETRY],
  '90072': ['the account does not exist in this tenant', TENANT],
  '90094': ['the administrator has not given consent', APPLICATION],
  '135011': ['the device is disabled', POLICY],
  '500011': ['this Azure cloud does not have the API', ENVIRONMENT],
  '500014': ['the API is disabled in the tenant', POLICY],
  '500133': ['the CI token is not valid at this time', ASSERTION],
  '700003': ['the device is not in the tenant', POLICY],
  '700016': ['the tenant does not have the application', APPLICATION],
  '700024': ['the CI token has expired', ASSERTION],
  '700027': [
    'the certificate is not one of the application',
    'Upload the certificate to the application, or set AZURE_CLIENT_CERTIFICATE_PATH to another one.',
  ],
  '700051': ['the application may not sign in this way', APPLICATION],
  '700082': ['the login has expired', LOGIN],
  '700211': ['the application does not trust the issuer of the CI token', FEDERATION],
  '700212': ['the application does not trust the audience of the CI token', FEDERATION],
  '700213': ['the application does not trust the subject of the CI token', FEDERATION],
  '900023': ['the tenant is not an id or a domain', TENANT],
  '900382': ['the account is in another Azure cloud', ENVIRONMENT],
  '900432': ['the account is in another Azure cloud', ENVIRONMENT],
  '900439': ['the account is in another Azure cloud', ENVIRONMENT],
  '7000112': ['the application is disabled', APPLICATION],
  '7000215': ['the client secret is wrong', SECRET],
  '7000216': ['the client secret is missing', SECRET],
  '7000218': ['the client secret is missing', SECRET],
  '7000222': ['the client secret has expired', SECRET],
  '7000229': ['the tenant does not have a service principal of the application', APPLICATION],
}

/** OAuth's own codes, where no number came with them, as from a managed identity. */
export const OAUTH_ERRORS: ErrorTable = {
  invalid_client: ['the client id or the secret is wrong', APPLICATION],
  invalid_grant: ['the login has expired or was revoked', LOGIN],
  invalid_resource: ['this Azure cloud does not have the API', ENVIRONMENT],
  invalid_scope: ['the scope is invalid', ENVIRONMENT],
  unauthorized_client: ['the application may not sign in this way', APPLICATION],
  interaction_required: ['multi-factor authentication is required', MFA],
  temporarily_unavailable: ['the sign-in service is not available', RETRY],
  invalid_instance: ['the authority is unknown', 'Correct or unset AZURE_AUTHORITY_HOST.'],
}

const SUBSCRIPTION = 'Set --subscription to one that az account list prints.'
const LOCATION = 'Set --location to a region that az account list-locations prints.'
const ROLE =
  'Give the role Reader on the subscription to the account, or sign in with another account.'
const THROTTLED = 'Try again later, or with a lower --concurrency.'

/** The codes of Resource Manager and of Microsoft.Compute. */
export const SERVICE_ERRORS: ErrorTable = {
  AuthenticationFailed: ['the token is not accepted', LOGIN],
  AuthenticationFailedExpiredToken: ['the token has expired', LOGIN],
  AuthenticationFailedInvalidHeader: ['the token is not accepted', LOGIN],
  AuthorizationFailed: ['the account may not list images', ROLE],
  LinkedAuthorizationFailed: ['the account may not list images', ROLE],
  RoleAssignmentNotFound: ['the account may not list images', ROLE],
  RequestDisallowedByPolicy: ['a policy does not allow the query', POLICY],
  RequestDisallowedByAzure: ['Azure does not allow the query', LOCATION],
  DisallowedOperation: ['the subscription does not allow the query', SUBSCRIPTION],
  ExpiredAuthenticationToken: ['the token has expired', LOGIN],
  InvalidAuthenticationToken: ['the token is not accepted', LOGIN],
  InvalidAuthenticationTokenAudience: ['the token is for another Azure cloud', ENVIRONMENT],
  InvalidAuthenticationTokenIssuer: ['the token is from another Azure cloud', ENVIRONMENT],
  InvalidAuthenticationTokenTenant: ['the account is in another tenant', TENANT],
  InvalidSubscriptionId: ['the subscription is not an id', SUBSCRIPTION],
  SubscriptionNotFound: ['the account does not have this subscription', SUBSCRIPTION],
  SubscriptionNotRegistered: [
    'the subscription is not registered for Microsoft.Compute',
    'Register it once with az provider register --namespace Microsoft.Compute.',
  ],
  MissingSubscriptionRegistration: [
    'the subscription is not registered for Microsoft.Compute',
    'Register it once with az provider register --namespace Microsoft.Compute.',
  ],
  ReadOnlyDisabledSubscription: ['the subscription is disabled', SUBSCRIPTION],
  SubscriptionDisabled: ['the subscription is disabled', SUBSCRIPTION],
  TenantNotFound: ['there is no such tenant', TENANT],
  LocationNotAvailableForResourceType: ['the region does not list images', LOCATION],
  LocationNotFound: ['there is no such region', LOCATION],
  LocationNotAvailable: ['the region is not available to the subscription', LOCATION],
  InvalidLocation: ['there is no such region', LOCATION],
  InvalidLocationName: ['there is no such region', LOCATION],
  TooManyRequests: ['too many requests', THROTTLED],
  OperationNotAllowed: ['too many requests', THROTTLED],
  OperationRequestsThrottled: ['too many requests', THROTTLED],
  ResourceCollectionRequestsThrottled: ['too many requests', THROTTLED],
  ResourceRequestsThrottled: ['too many requests', THROTTLED],
  SubscriptionRequestsThrottled: ['too many requests', THROTTLED],
  TenantRequestsThrottled: ['too many requests', THROTTLED],
  ServerBusy: ['the service is busy', THROTTLED],
  ServerTimeout: ['the service timed out', RETRY],
  GatewayTimeout: ['the service timed out', RETRY],
  InternalServerError: ['internal error of the service', RETRY],
  ServiceUnavailable: ['the service is not available', RETRY],
}

/** Codes of a 404 that report a missing SKU, offer or publisher. */
const NOT_FOUND =
  /^(|NotFound|ResourceNotFound|ArtifactNotFound|PlatformImageNotFound|(VM)?(Image|Publisher|Offer|Sku)s?NotFound)$/

/** Whether the API reports that there is no such SKU, offer or publisher. */
export function isNotFound(error: unknown): boolean {
  if (!(error instanceof RestError) || error.statusCode !== 404) return false
  return NOT_FOUND.test(readBody(error).code)
}

/** What a query was sent with, for errors that depend on it. */
export interface Sent {
  readonly location: string
  readonly environment: AzureEnvironment
}

/** Explains what Resource Manager returned instead of images. */
export function explainQuery(error: Error, sent: Sent): Explanation | undefined {
  if (!(error instanceof RestError)) return undefined
  if (error.code === RestError.PARSE_ERROR) {
    return {
      cause: 'the response is not JSON, or not all of it',
      remedy: 'Check HTTPS_PROXY: a proxy or a sign-in page may have sent the response.',
    }
  }
  const { statusCode: status } = error
  if (status === undefined || status === 200) return undefined
  const { code, message } = readBody(error)
  return (
    explainApiVersion(error, code, message, sent) ??
    explainResponse(status, code, message, SERVICE_ERRORS)
  )
}

/** Codes that report either an API version or a region that is not supported. */
const API_VERSION =
  /^(NoRegisteredProviderFound|InvalidResourceType|InvalidApiVersionParameter|UnsupportedApiVersion|ApiVersionNotSupported)$/

/** Distinguishes an unsupported API version from an unsupported region. */
function explainApiVersion(
  { statusCode: status, request }: RestError,
  code: string,
  message: string,
  { location, environment }: Sent,
): Explanation | undefined {
  if (!API_VERSION.test(code) && status !== 410) return undefined
  const listed = (name: RegExp) =>
    name
      .exec(message)?.[1]
      ?.split(/[\s,']+/)
      .filter((each) => each !== '')
  const locations = listed(/supported locations are '([^']*)'/i)
  const isRegion =
    code === 'NoRegisteredProviderFound' && locations && !locations.includes(location)
  if (isRegion) {
    return { cause: `returned ${status} ${code}: no such region: ${location}`, remedy: LOCATION }
  }
  const version = request && new URL(request.url).searchParams.get('api-version')
  const supported = listed(/supported (?:api-)?versions are '([^']*)'/i)?.filter((each) =>
    /^[\w.-]{1,30}$/.test(each),
  )
  const latest = supported?.toSorted().at(-1)
  return {
    cause: [
      `returned ${[status, code].filter(Boolean).join(' ')}:`,
      `API version${version ? ` ${version}` : ''} is not supported in ${environment}`,
      ...(latest ? [`(latest supported: ${latest})`] : []),
    ].join(' '),
    remedy:
      environment === 'AzurePublicCloud'
        ? 'Use a version of stream-snapshot that sends a supported API version.'
        : 'Set --azure-environment AzurePublicCloud, which supports it, with an account of that cloud.',
  }
}

interface Body {
  readonly code: string
  readonly message: string
}

/** The service's own code and message. */
function readBody({ code = '', message }: RestError): Body {
  // The SDK's message for a body without an error.
  return { code, message: /^Unexpected status code/.test(message) ? '' : message }
}
