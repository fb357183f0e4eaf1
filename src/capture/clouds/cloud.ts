import type { Criteria } from '../../core/criteria/criteria.ts'
import type { MajorMinor } from '../../core/versions/version.ts'
import type { Exchange, Send, Shared } from '../http/message.ts'

/**
 * The queries, sign-in, normalization and recording of a cloud; its facts are in `core/clouds/NAME.ts`.
 * The folder of a cloud contains
 *
 *     settings.ts   options, environment and credential files
 *     index.ts      the queries
 *     sign-in.ts    the sign-in
 *     images.ts     responses to images, and the parts of a response that are recorded
 *     errors.ts     codes with meaning and remedy
 */
export interface Cloud<
  Query extends object,
  Image extends object,
  Settings,
  CloudCriteria = unknown,
> {
  /** Parameters of a request that a replay ignores, such as the API version. */
  readonly ignoredParameters: readonly string[]

  /** Signs in and opens the SDK. @throws ServiceError if the sign-in fails, with the observed cause */
  connect(context: Context<Settings, CloudCriteria>): Promise<Connection<Query, Image>>
}

export interface Context<Settings, CloudCriteria = unknown> {
  /** Undefined for a replay, which uses no credentials and no environment. */
  readonly settings: Settings | undefined
  /** For one request, in milliseconds. */
  readonly timeout: number
  /** Of the cloud. */
  readonly criteria: CloudCriteria
  readonly allCriteria: Criteria
  readonly send: Send
  /** Sends the requests of a sign-in, which are not recorded or shared. */
  readonly signIn: Send
  readonly shared: Shared
  /** The recording to replay; undefined for a live capture. */
  readonly recording: readonly Exchange[] | undefined
  warn(text: string): void
}

export interface Connection<Query, Image> {
  listQueries(ocp: MajorMinor): Promise<readonly Query[]>

  /**
   * @returns undefined if the API reports that there is no such SKU or image
   * @throws ServiceError for any other failure, with the query and the cause
   */
  query(query: Query): Promise<readonly Image[] | undefined>

  /** For messages. */
  describe(query: Query): string

  /** For the snapshot. */
  identify(query: Query): object

  /**
   * Keeps an allow-list of an exchange, with the cloud's public host.
   * @returns undefined for an exchange that is not a response to a query, such as a failed attempt
   */
  record(exchange: Exchange): Exchange | undefined

  secrets(): readonly string[]

  /** The remedy if some queries failed and others succeeded. */
  remedyWithout?(failed: readonly Query[], all: readonly Query[]): string
}

/** The options and the environment variables of a cloud. */
export interface CloudSettings<CloudCriteria, Settings> {
  readonly options: Readonly<Record<string, CloudOption>>

  /** Applies options and environment to the criteria. */
  resolve(criteria: CloudCriteria, source: Source): CloudCriteria

  /** @throws ServiceError if no credentials are found, InputError for invalid settings */
  read(source: Source): Settings
}

export interface CloudOption {
  readonly describe: string
  readonly default?: string
  readonly choices?: readonly string[]
  readonly isList?: true
  readonly isUrl?: true
  /** @throws InputError */
  readonly read?: (value: string, option: string) => string
}

export interface Source {
  readonly args: Readonly<Record<string, unknown>>
  readonly env: Readonly<Record<string, string | undefined>>
  /** @returns undefined if there is no such file */
  readFile(path: string): string | undefined
}
