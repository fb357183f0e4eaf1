import type { Definition } from 'nock'
import type { Criteria } from '../../core/criteria/criteria.ts'
import type { MajorMinor } from '../../core/versions/major-minor.ts'
import type { Shared } from '../http/shared.ts'
import type { Note } from '../http/transport.ts'

/**
 * What an implementation owes. It knows its SDK, its API's answers and its criteria; it knows no
 * stream, no file and no environment variable: settings come as plain values.
 *
 * @typeParam Settings where the cloud is and who asks; see `Access`
 */
export interface Cloud<Query extends object, Image extends object, Settings> {
  /**
   * Opens the cloud. Nothing need be sent yet; credentials that cannot work fail here or at the
   * first question, with a ServiceError that says what to do.
   *
   * @param note hears of every exchange with the cloud itself, and of none with a sign-in
   */
  connect(
    access: Access<Settings>,
    criteria: Criteria,
    note: Note,
  ): Promise<Connection<Query, Image>>

  /** Parameters of a request that a replay passes over, such as the SDK's version of the API. */
  readonly ignoredParameters: readonly string[]
}

export interface Connection<Query, Image> {
  /** The question that tells what to ask, in a few words, for errors. */
  readonly opening: string

  /** What to ask for an OCP minor, each question once; some clouds ask for their regions first. */
  queries(ocp: MajorMinor): Promise<readonly Query[]>

  /**
   * Asks one question, through the SDK.
   *
   * @returns the images, or undefined where the cloud has no such thing
   * @throws ServiceError for any other failure, naming the question and the cause
   */
  ask(query: Query): Promise<readonly Image[] | undefined>

  /** A question in a few words, for errors. */
  describe(query: Query): string

  /** The members by which the snapshot names a question. */
  identify(query: Query): object

  /**
   * What to keep of a recorded exchange: the definition with nothing in it of the one who asked
   * and the cloud's public host, or undefined for an exchange that is no answer to a question
   * (tokens, metadata, an attempt that was repeated). Whatever is not known to be harmless is left
   * out. `reqheaders` are there to tell one request from another, and headers
   * are not the cloud's to keep.
   */
  record(exchange: Definition): Definition | undefined

  /** What a person should know of the answers, such as a state that is not known. */
  notes(): readonly string[]

  /** What must be in no file: the ids and secrets of the one who asks, and the tokens used. */
  secrets(): readonly string[]
}

/** Whether a cloud is asked, or a recording of it. */
export type Access<Settings> = Live<Settings> | Replayed

export interface Live<Settings> {
  readonly live: true
  readonly settings: Settings
  /** For one request, in milliseconds. */
  readonly timeout: number
  /** What a run of several captures shares, sign-ins among it. */
  readonly shared?: Shared | undefined
}

export interface Replayed {
  readonly live: false
  readonly timeout: number
}
