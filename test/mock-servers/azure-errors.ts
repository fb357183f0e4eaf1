import { randomUUID } from 'node:crypto'
import type { AzureAccount } from './azure-account.ts'
import type { MockResponse } from './server.ts'

/** An error of Resource Manager or of a provider. */
export interface AzureError {
  status: number
  code: string
  message: string
  /** More members of `error`. */
  more?: Record<string, unknown>
  headers?: NonNullable<MockResponse['headers']>
  /**
   * Whether the error is from Microsoft.Compute, which indents its JSON, and not from Resource
   * Manager.
   */
  byCompute?: true
}

const JSON_TYPE = 'application/json; charset=utf-8'

/** JSON like that of Microsoft.Compute: indented by two spaces, with CRLF line ends. */
export function computeJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replaceAll('\n', '\r\n')
}

export function errorResponse({
  status,
  code,
  message,
  more,
  headers,
  byCompute,
}: AzureError): MockResponse {
  const body = { error: { code, message, ...more } }
  return {
    status,
    headers: {
      'content-type': JSON_TYPE,
      ...(!byCompute && { 'x-ms-failure-cause': 'gateway' }),
      ...headers,
    },
    body: byCompute ? computeJson(body) : JSON.stringify(body),
  }
}

/** An error of the sign-in endpoints. `code` is the AADSTS number. */
export function signInErrorResponse(
  status: number,
  error: string,
  code: number,
  message: string,
  origin: string,
): MockResponse {
  const trace = randomUUID()
  const correlation = randomUUID()
  const timestamp = `${new Date().toISOString().slice(0, 19).replace('T', ' ')}Z`
  return {
    status,
    headers: { 'content-type': JSON_TYPE },
    body: JSON.stringify({
      error,
      error_description: `AADSTS${code}: ${message} Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${timestamp}`,
      error_codes: [code],
      timestamp,
      trace_id: trace,
      correlation_id: correlation,
      error_uri: `${origin}/error?code=${code}`,
    }),
  }
}

export const wrongPublisher = (publisher: string): AzureError => ({
  status: 404,
  code: 'NotFound',
  message: `Publisher: ${publisher} was not found.`,
  byCompute: true,
})

/** Azure's error for an unknown offer, SKU or version. It does not name the unknown part. */
export const wrongArtifact: AzureError = {
  status: 404,
  code: 'NotFound',
  message: 'Artifact: VMImage was not found.',
  byCompute: true,
}

export const wrongLocation = (
  location: string,
  apiVersion: string,
  locations: readonly string[],
): AzureError => ({
  status: 400,
  code: 'NoRegisteredProviderFound',
  message:
    `No registered resource provider found for location '${location}' and API version ` +
    `'${apiVersion}' for type 'locations/publishers'. The supported api-versions are ` +
    `'2024-07-01, 2024-11-01, 2025-04-01, ${apiVersion}'. The supported locations are ` +
    `'${locations.join(', ')}'.`,
})

export const noApiVersion: AzureError = {
  status: 400,
  code: 'MissingApiVersionParameter',
  message: 'The api-version query parameter (?api-version=) is required for all requests.',
}

/** A 404 for another reason than a missing image. */
export const wrongSubscription = (subscription: string): AzureError => ({
  status: 404,
  code: 'SubscriptionNotFound',
  message: `The subscription '${subscription}' could not be found.`,
})

/** A 404 for another reason than a missing image. */
export const wrongResourceType = (apiVersion: string): AzureError => ({
  status: 404,
  code: 'InvalidResourceType',
  message: `The resource type could not be found in the namespace 'Microsoft.Compute' for api version '${apiVersion}'.`,
})

/** The provider is not registered in the subscription. */
export const notRegistered: AzureError = (() => {
  const code = 'MissingSubscriptionRegistration'
  const target = 'Microsoft.Compute'
  const message = `The subscription is not registered to use namespace '${target}'. See https://aka.ms/rps-not-found for how to register subscriptions.`
  return { status: 409, code, message, more: { details: [{ code, target, message }] } }
})()

const challenge = (signIn: string, code: string, description: string) => ({
  'www-authenticate': `Bearer authorization_uri="${signIn}", error="${code}", error_description="${description}"`,
})

export const noToken = (signIn: string): AzureError => ({
  status: 401,
  code: 'AuthenticationFailed',
  message: "Authentication failed. The 'Authorization' header is missing.",
  headers: challenge(
    signIn,
    'invalid_token',
    'The authentication failed because of missing header.',
  ),
})

export const wrongToken = (signIn: string): AzureError => ({
  status: 401,
  code: 'InvalidAuthenticationToken',
  message: 'The access token is invalid.',
  headers: challenge(signIn, 'invalid_token', 'The access token is invalid.'),
})

/** The service principal has no role with read permission. */
export const notAuthorized = (account: AzureAccount, action: string): AzureError => ({
  status: 403,
  code: 'AuthorizationFailed',
  message:
    `The client '${account.clientId}' with object id '${account.objectId}' does not have ` +
    `authorization to perform action '${action}' over scope ` +
    `'/subscriptions/${account.subscriptionId}' or the scope is invalid. If access was recently ` +
    'granted, please refresh your credentials.',
})

export const tooManyRequests: AzureError = {
  status: 429,
  code: 'OperationNotAllowed',
  message:
    'The server rejected the request because too many requests have been received for this subscription.',
  byCompute: true,
}

/** For all other statuses. */
export const brokenService = (status: number): AzureError => ({
  status,
  code: 'RequestFailed',
  message: `The request failed with status ${status}.`,
})
