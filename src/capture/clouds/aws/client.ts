import { EC2Client, type EC2ClientConfig } from '@aws-sdk/client-ec2'
import { signingIn } from '../../http/others.ts'
import { once } from '../../http/shared.ts'
import { type Note, openTransport } from '../../http/transport.ts'
import type { Access, Live } from '../types.ts'
import { awsHandler } from './handler.ts'
import type { AwsSettings } from './settings.ts'

// The SDK's word on versions to come is for those who choose its version, not for those who capture.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'

/** Whatever else it has to say would stand among our own lines, `--quiet` or not. */
const SILENT = {
  trace: () => undefined,
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}

/** For replays, where nobody looks at the signature. */
const NO_CREDENTIALS = { accessKeyId: 'replay', secretAccessKey: 'replay' }

/** EC2's clients, one for each region; they share the credentials, which are looked for once. */
export interface Clients {
  client(region: string): EC2Client
  /** The URL of the region's own EC2, whichever was asked. */
  publicHost(region: string): string
}

/** The credentials could not be had, or the service that gives them out refused. */
export class SignInFailure extends Error {
  /** @param heard what became of the last request for them */
  constructor(
    cause: unknown,
    readonly heard: Error | undefined,
  ) {
    super('the credentials cannot be had', { cause })
    this.name = 'SignInFailure'
  }
}

/** @param secrets grows by the credentials that are used */
export function openClients(
  access: Access<AwsSettings>,
  secrets: string[],
  onExchange: Note,
): Clients {
  const { timeout } = access
  const shared = access.live ? access.shared : undefined
  const options = access.live
    ? once(shared, 'aws', () => liveOptions(access, secrets))
    : replayOptions()
  const handlerFor = (place: string) =>
    awsHandler(openTransport({ timeout, onExchange, live: access.live, shared, place }))
  const endpoints = new EC2Client({ ...replayOptions(), region: 'us-east-1' }).config
  const publicHost = (region: string) =>
    endpoints
      .endpointProvider({ Region: region, UseDualStack: false, UseFIPS: false })
      .url.toString()
  return {
    publicHost,
    client: (region) =>
      new EC2Client({
        ...options,
        region,
        requestHandler: handlerFor(region),
        logger: SILENT,
        ...(!access.live && { endpoint: publicHost(region) }),
      }),
  }
}

function liveOptions(
  { settings: { attempts }, timeout }: Live<AwsSettings>,
  secrets: string[],
): EC2ClientConfig {
  // A client of its own for the default chain: no region's client has to be there before others.
  // Its requests are sign-ins, so nobody takes them down.
  const way = { logger: SILENT, requestHandler: awsHandler(openTransport({ timeout, live: true })) }
  // SSO's own client takes after this member alone.
  const chain = new EC2Client(Object.assign({ region: 'us-east-1', clientConfig: way }, way))
  // The regions share it, as they share the credentials.
  let heard: Error | undefined
  const hear = (failure: Error | undefined) => {
    heard = failure
  }
  return {
    maxAttempts: attempts,
    credentials: async () => {
      const credentials = await signingIn(hear, () => chain.config.credentials()).catch(
        (error: unknown) => {
          throw new SignInFailure(error, heard)
        },
      )
      const { accessKeyId, secretAccessKey, sessionToken, accountId } = credentials
      const texts = [accessKeyId, secretAccessKey, sessionToken ?? '', accountId ?? '']
      // A program may print anything, and the SDK takes it.
      if (texts.some((each: unknown) => typeof each !== 'string')) {
        throw new SignInFailure(new Error('the keys are no texts'), heard)
      }
      secrets.push(...texts.filter((each) => each !== ''))
      return credentials
    },
  }
}

/** Everything that the SDK would otherwise look up in the environment and in files. */
function replayOptions(): EC2ClientConfig {
  return {
    credentials: NO_CREDENTIALS,
    // A recording does not change its answer when asked again.
    maxAttempts: 1,
    retryMode: 'standard',
    defaultsMode: 'standard',
    authSchemePreference: [],
    userAgentAppId: async () => undefined,
    disableClockSkewCorrection: true,
    useDualstackEndpoint: false,
    useFipsEndpoint: false,
  }
}
