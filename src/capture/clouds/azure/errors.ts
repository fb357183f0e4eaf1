import { RestError } from '@azure/arm-compute'
import type { AzureCriteria } from '../../../core/criteria/criteria.ts'
import {
  type Explanation,
  errorTable,
  explainResponse,
  RETRY,
  THROTTLED,
} from '../../http/errors.ts'

const LOGIN = 'Sign in again with az login.'
const APPLICATION = 'Check AZURE_CLIENT_ID and AZURE_TENANT_ID, or the service principal file.'
const TENANT =
  'Set AZURE_TENANT_ID to the tenant of the subscription, or sign in with az login --tenant TENANT.'
const MFA = 'Sign in with az login --tenant TENANT, and complete the second factor.'
const POLICY = 'Ask the administrator of the tenant which devices and networks its policies allow.'
const ENVIRONMENT = `Set --azure-environment to the cloud of the account: AzurePublicCloud, AzureUSGovernmentCloud or AzureChinaCloud.`

/** The numbers of Microsoft Entra ID (AADSTS). */
export const SIGN_IN_ERRORS = errorTable(`
${TENANT}
  16000 50020 50034 90072: the account does not exist in this tenant
  50128 90002: the tenant does not exist
${LOGIN}
  50014 50089 70008 70043 700082: the login has expired
  50132 50133 50173: the login was revoked
  70000: the login has expired or was revoked
${RETRY}
  90033: the sign-in service is not available
${MFA}
  50072 50074 50076 50079 50158: multi-factor authentication is required
  50078: multi-factor authentication has expired
${POLICY}
  50005 50131 50097 53000 53001 530003: a policy does not allow this device
  53002 53003: a policy does not allow this sign-in
${APPLICATION}
  65001 90094: the application has no consent for Azure
  70003 700051: the application is not allowed to sign in this way
  700016: the tenant does not have the application
  7000112: the application is disabled
Upload the certificate to the application, or set AZURE_CLIENT_CERTIFICATE_PATH to another one.
  700027: the certificate does not belong to the application
Create a client secret for the application, and set AZURE_CLIENT_SECRET to its value.
  7000215: the client secret is wrong
  7000216 7000218: the client secret is missing
  7000222: the client secret has expired
Compare issuer, subject and audience of the CI token with the federated credential of the application.
  70021: the application does not trust this CI token
  700211: the application does not trust the issuer of the CI token
  700212: the application does not trust the audience of the CI token
  700213: the application does not trust the subject of the CI token
Request a new token in the CI job, and check this machine's clock.
  500133: the CI token is not valid at this time
  700024: the CI token has expired
${ENVIRONMENT}
  500011: this Azure cloud does not have the API
  900382 900432 900439: the account is in another Azure cloud
`)

/** Codes of OAuth without an AADSTS number, for example from a managed identity. */
export const OAUTH_ERRORS = errorTable(`
${APPLICATION}
  invalid_client: the client id or the secret is wrong
  unauthorized_client: the application is not allowed to sign in this way
${LOGIN}
  invalid_grant: the login has expired or was revoked
${ENVIRONMENT}
  invalid_scope: the scope is invalid
${RETRY}
  temporarily_unavailable: the sign-in service is not available
`)

const LOCATION = 'Set --location to a region from az account list-locations.'

const SERVICE_ERRORS = errorTable(`
${LOGIN}
  AuthenticationFailed AuthenticationFailedInvalidHeader InvalidAuthenticationToken: the token was rejected
  AuthenticationFailedExpiredToken ExpiredAuthenticationToken: the token has expired
${ENVIRONMENT}
  InvalidAuthenticationTokenAudience: the token is for another Azure cloud
  InvalidAuthenticationTokenIssuer: the token is from another Azure cloud
${TENANT}
  InvalidAuthenticationTokenTenant: the account is in another tenant
Assign the role Reader on the subscription to the account, or sign in with another account.
  AuthorizationFailed LinkedAuthorizationFailed RoleAssignmentNotFound: the account is not allowed to list images
Set --subscription to a subscription from az account list.
  SubscriptionNotFound: the account does not have this subscription
  ReadOnlyDisabledSubscription SubscriptionDisabled: the subscription is disabled
Register the subscription once with az provider register --namespace Microsoft.Compute.
  SubscriptionNotRegistered MissingSubscriptionRegistration: the subscription is not registered for Microsoft.Compute
${LOCATION}
  LocationNotFound InvalidLocation InvalidLocationName: no such region
${THROTTLED}
  TooManyRequests OperationNotAllowed OperationRequestsThrottled ResourceCollectionRequestsThrottled: too many requests
  ResourceRequestsThrottled SubscriptionRequestsThrottled TenantRequestsThrottled: too many requests
${RETRY}
  ServerTimeout GatewayTimeout: the service timed out
  InternalServerError: internal service error
  ServiceUnavailable: the service is not available
`)

/** Codes of a 404 for a missing SKU, offer or publisher. */
const NOT_FOUND =
  /^(|NotFound|ResourceNotFound|ArtifactNotFound|PlatformImageNotFound|(VM)?(Image|Publisher|Offer|Sku)s?NotFound)$/

export function isNotFound(error: unknown): boolean {
  return (
    error instanceof RestError &&
    error.statusCode === 404 &&
    NOT_FOUND.test(error.code ?? '') &&
    !isWebPage(error)
  )
}

/** A page of a proxy. The Resource Manager responds with JSON or without a body. */
function isWebPage({ response }: RestError): boolean {
  const type = response?.headers.get('content-type') ?? ''
  return /html/i.test(type) || /^\s*</.test(response?.bodyAsText ?? '')
}

/** Codes for an API version or a region that is not supported. */
const API_VERSION =
  /^(NoRegisteredProviderFound|InvalidResourceType|InvalidApiVersionParameter|UnsupportedApiVersion|ApiVersionNotSupported)$/

export function explainQuery(
  error: Error,
  { location, environment }: Pick<AzureCriteria, 'location' | 'environment'>,
): Explanation | undefined {
  if (!(error instanceof RestError)) return undefined
  if (error.code === RestError.PARSE_ERROR || (error.statusCode === 404 && isWebPage(error))) {
    return {
      cause: 'the response is not JSON, or is incomplete',
      remedy: 'Check HTTPS_PROXY: a proxy or a sign-in page may have sent the response.',
    }
  }
  const { statusCode: status, code = '', request } = error
  if (status === undefined || status === 200) return undefined
  // The SDK's message for a body without an error.
  const message = /^Unexpected status code/.test(error.message) ? '' : error.message
  if (!API_VERSION.test(code) && status !== 410) {
    return explainResponse(status, code, message, SERVICE_ERRORS)
  }
  const returned = `returned ${[status, code].filter(Boolean).join(' ')}`
  const [, locations] = /supported locations are '([^']*)'/i.exec(message) ?? []
  if (
    code === 'NoRegisteredProviderFound' &&
    locations &&
    !locations.split(/[\s,]+/).includes(location)
  ) {
    return { cause: `${returned}: no such region: ${location}`, remedy: LOCATION }
  }
  const version = request && new URL(request.url).searchParams.get('api-version')
  const [, supported = ''] = /supported (?:api-)?versions are '([^']*)'/i.exec(message) ?? []
  const latest = supported
    .match(/[0-9][\w.-]{1,30}/g)
    ?.sort()
    .at(-1)
  const what = `API version${version ? ` ${version}` : ''} is not supported in ${environment}`
  return {
    cause: `${returned}: ${what}${latest ? ` (latest supported: ${latest})` : ''}`,
    remedy:
      environment === 'AzurePublicCloud'
        ? 'Use a version of stream-snapshot that sends a supported API version.'
        : 'Use --azure-environment AzurePublicCloud, which supports this API version, with an account of that cloud.',
  }
}
