import { EC2Client, type EC2ClientConfig } from '@aws-sdk/client-ec2'
import { MissingCredentials, ServiceError, UserError } from '../../../errors.ts'
import { explainUnknown, SignInTrace } from '../../http/errors.ts'
import type { Send } from '../../http/message.ts'
import { CREDENTIALS, explainSignIn, refuseForeign } from './errors.ts'
import type { AwsSettings } from './settings.ts'

// A message about future versions is for those who choose the SDK's version.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'

/** Discards the SDK's messages, which would stand among ours. */
export const SILENT = {
  trace: () => undefined,
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}

type HttpRequest = Parameters<EC2Client['config']['requestHandler']['handle']>[0]
type Credentials = Awaited<ReturnType<EC2Client['config']['credentials']>>

/** A session is renewed when it expires within this time, in milliseconds. */
const RENEWAL = 300_000

export function profileRegion(): Promise<string | undefined> {
  return new EC2Client({ logger: SILENT }).config.region().catch(() => undefined)
}

/** Signs in once for all regions, as the AWS CLI does. */
export async function signIn(
  settings: AwsSettings,
  region: string,
  send: Send,
  secrets: string[],
): Promise<EC2ClientConfig> {
  const trace = new SignInTrace()
  const reports: string[] = []
  // The providers report every cause to the logger, and only the last one in their error.
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
    requestHandler: awsHandler(trace.watch(refuseForeign(send))),
  }
  // The client of SSO takes its settings only from this member.
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
  let last = load()
  await last
  return {
    maxAttempts: settings.attempts,
    credentials: async () => {
      const { expiration } = await last
      if (expiration && expiration.getTime() - Date.now() < RENEWAL) last = load()
      return last
    },
  }
}

function checkCredentials(credentials: Credentials, secrets: string[]): void {
  const { accessKeyId, secretAccessKey, sessionToken, accountId, expiration } = credentials
  const texts: unknown[] = [accessKeyId, secretAccessKey, sessionToken ?? '', accountId ?? '']
  if (!texts.every((each) => typeof each === 'string')) {
    throw new ServiceError(
      'aws: sign-in failed: the keys are not text',
      'Run the command of credential_process to see what it prints.',
    )
  }
  secrets.push(...texts)
  if (expiration === undefined || expiration.getTime() > Date.now()) return
  throw new ServiceError(
    `aws: the credentials expired at ${expiration.toISOString()}`,
    "Renew them, or check this machine's clock.",
  )
}

/** Messages of the SDK when no provider has credentials, and the machine has no metadata service. */
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
