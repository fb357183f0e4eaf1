import { EC2Client, type EC2ClientConfig } from '@aws-sdk/client-ec2'
import { MissingCredentials, ServiceError, UserError } from '../../../errors.ts'
import { explainUnknown, SignInTrace } from '../../http/errors.ts'
import type { Send } from '../../http/message.ts'
import { CREDENTIALS, explainSignIn, refuseOtherHosts } from './errors.ts'
import type { AwsSettings } from './settings.ts'

// A message about future versions of Node is not for users.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'

const ignore = () => undefined

/** Discards the messages of the SDK. */
export const SILENT = { trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore }

type HttpRequest = Parameters<EC2Client['config']['requestHandler']['handle']>[0]
type Credentials = Awaited<ReturnType<EC2Client['config']['credentials']>>

export function readProfileRegion(): Promise<string | undefined> {
  return new EC2Client({ logger: SILENT }).config.region().catch(() => undefined)
}

export async function signIn(
  settings: AwsSettings,
  region: string,
  send: Send,
): Promise<{ readonly options: EC2ClientConfig; readonly secrets: readonly string[] }> {
  const secrets = [...settings.secrets]
  const trace = new SignInTrace()
  const reports: string[] = []
  // The providers report every cause to the logger; their error has only the last one.
  const logger = {
    ...SILENT,
    debug(...texts: unknown[]) {
      const text = texts.join(' ')
      // Without AWS_PROFILE the default profile need not exist.
      const isDefault = settings.profile === undefined && text.includes('profile: [default]')
      if (!isDefault) reports.push(text)
    },
  }
  const options = {
    region,
    logger,
    requestHandler: awsHandler(trace.watch(refuseOtherHosts(send))),
  }
  // The SSO client reads its settings only from this member.
  const { config } = new EC2Client(Object.assign({ clientConfig: options }, options))

  const load = async (): Promise<Credentials> => {
    reports.length = 0
    try {
      const credentials = await config.credentials()
      checkCredentials(credentials, secrets)
      return credentials
    } catch (error) {
      if (error instanceof UserError) throw error
      throw explain(error as Error, trace, reports)
    }
  }
  await load()
  // The SDK keeps the credentials until they expire.
  return { options: { maxAttempts: settings.attempts, credentials: load }, secrets }
}

function checkCredentials(credentials: Credentials, secrets: string[]): void {
  const { accessKeyId, secretAccessKey, sessionToken, accountId, expiration } = credentials
  const texts: unknown[] = [accessKeyId, secretAccessKey, sessionToken ?? '', accountId ?? '']
  if (!texts.every((each) => typeof each === 'string')) {
    throw new ServiceError(
      'aws: sign-in failed: the keys are not strings',
      'Run the credential_process command and check its output.',
    )
  }
  secrets.push(...texts.filter((each) => !secrets.includes(each)))
  if (expiration === undefined || expiration.getTime() > Date.now()) return
  throw new ServiceError(
    `aws: the credentials expired at ${expiration.toISOString()}`,
    "Renew them, or check this machine's clock.",
  )
}

/** Messages of the SDK if no provider has credentials and the machine has no metadata service. */
const NONE_FOUND =
  /Could not load credentials|metadata|ECONNREFUSED|ENETUNREACH|EHOSTUNREACH|EHOSTDOWN|timed? ?out/i

function explain(error: Error, trace: SignInTrace, reports: readonly string[]): ServiceError {
  const explained = trace.explainConnection() ?? explainSignIn(error, reports, trace.failure?.host)
  if (explained === undefined && NONE_FOUND.test(error.message)) {
    return new MissingCredentials('aws: no credentials found', CREDENTIALS, { cause: error })
  }
  const { cause, remedy } = explained ?? explainUnknown(error, 'sign-in failed: ')
  return new ServiceError(`aws: ${cause}`, remedy, { cause: error })
}

/** The transport as the SDK's request handler. */
export function awsHandler(send: Send, region?: string) {
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    async handle(request: HttpRequest, options?: { readonly abortSignal?: unknown }) {
      const { method, headers, body } = request
      const response = await send({
        method,
        url: toUrl(request),
        headers,
        body: typeof body === 'string' || body instanceof Uint8Array ? body : undefined,
        signal: options?.abortSignal as AbortSignal | undefined,
        region,
      })
      const { status: statusCode, headers: received, body: bytes } = response
      return { response: { statusCode, headers: { ...received }, body: bytes } }
    },
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
    destroy() {},
  }
}

function toUrl({ protocol, hostname, port, path, query = {} }: HttpRequest): string {
  const parameters = Object.entries(query).flatMap(([name, value]) =>
    [value ?? []]
      .flat()
      .map((each) => `${encodeURIComponent(name)}=${encodeURIComponent(String(each))}`),
  )
  const url = `${protocol}//${hostname}${port ? `:${port}` : ''}${path}`
  if (!URL.canParse(url)) {
    throw new ServiceError('aws: the endpoint is not a URL', 'Correct AWS_ENDPOINT_URL_EC2.')
  }
  return parameters.length === 0 ? url : `${url}?${parameters.join('&')}`
}
