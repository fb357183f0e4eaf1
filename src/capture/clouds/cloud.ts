import type { Definition } from 'nock'
import type { Criteria } from '../../core/criteria/criteria.ts'
import type { MajorMinor } from '../../core/versions/version.ts'
import type { Exchange, Send, Shared } from '../http/message.ts'

/**
 * What an implementation provides for one cloud, besides its facts in `core/clouds/NAME.ts`: how the
 * cloud is queried, how a response becomes images, which parts of a response are recorded, and who
 * signs in. A folder has
 *
 *     settings.ts   options and environment: where the cloud is and who captures
 *     index.ts      the queries, and the SDK
 *     sign-in.ts    the credentials
 *     images.ts     a response of the API as images of a snapshot, and its parts that are recorded
 *     errors.ts     codes, meanings and remedies, as tables
 */
export interface Cloud<Query extends object, Image extends object, Settings, Own = unknown> {
  /** Parameters of a request that a replay ignores, such as the SDK's version of the API. */
  readonly ignoredParameters: readonly string[]

  /**
   * Signs in and opens the SDK.
   * @throws ServiceError when the sign-in fails, with the cause that was observed
   */
  connect(context: Context<Settings, Own>): Promise<Connection<Query, Image>>
}

export interface Context<Settings, Own = unknown> {
  /** Undefined for a replay, which needs no credentials and reads no environment. */
  readonly settings: Settings | undefined
  /** For one request, in milliseconds. */
  readonly timeout: number
  readonly criteria: Criteria
  readonly own: Own
  readonly send: Send
  /** Sends the requests of a sign-in, which are neither recorded nor shared. */
  readonly signIn: Send
  readonly shared: Shared
  /** The requests that a recording contains; undefined for a live capture. */
  readonly recording: readonly Definition[] | undefined
  warn(text: string): void
}

export interface Connection<Query, Image> {
  listQueries(ocp: MajorMinor): Promise<readonly Query[]>

  /**
   * @returns the images, or undefined if the API reports that there is no such SKU or image
   * @throws ServiceError for any other failure, with the query and the cause
   */
  query(query: Query): Promise<readonly Image[] | undefined>

  describe(query: Query): string

  identify(query: Query): object

  /**
   * The parts of an exchange that are kept, by an allow-list, with the cloud's public host; undefined
   * for an exchange that is not the response to a query, such as a failed attempt.
   */
  record(exchange: Exchange): Definition | undefined

  secrets(): readonly string[]

  /** What to do when some queries failed and others did not. */
  remedyWithout?(failed: readonly Query[], all: readonly Query[]): string
}

/** What a cloud takes from the command line and the environment. */
export interface CloudSettings<CloudCriteria, Settings> {
  readonly options: Readonly<Record<string, CloudOption>>

  /** The criteria, changed by what options and environment say. */
  resolve(criteria: CloudCriteria, source: Source): CloudCriteria

  /** @throws ServiceError when no credentials are found, InputError for invalid settings */
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
