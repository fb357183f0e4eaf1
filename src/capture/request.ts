import type { WantedBuild } from '../core/builds/locate.ts'
import type { Criteria } from '../core/criteria/criteria.ts'
import type { CloudName, StreamIdentity } from '../core/snapshot/snapshot.ts'
import type { MajorMinor } from '../core/versions/version.ts'
import type { Shared } from './http/message.ts'
import type { Recording } from './recording.ts'

export interface CaptureRequest {
  readonly stream: StreamIdentity
  readonly criteria: Criteria
  readonly ocp: MajorMinor | undefined
  readonly clouds: readonly CloudName[]
  /** Where each cloud is and who captures; absent for a replay. */
  readonly settings?: Partial<Record<CloudName, unknown>>
  /** Regions that are not queried although the criteria or the account have them. */
  readonly skipRegions?: readonly string[]
  readonly builds: readonly WantedBuild[]
  /** For one request, in milliseconds. */
  readonly timeout: number
  /** For one query including retries, waits and sign-in, in milliseconds; default 120 s. */
  readonly patience?: number
  readonly onWait?: ((text: string) => void) | undefined
  readonly concurrency: number
  readonly replay?: Recording | undefined
  readonly shared?: Shared | undefined
  /** Receives the number of finished queries of each cloud, and of builds. */
  readonly onProgress?: ((progress: readonly Progress[]) => void) | undefined
  /** Set if the caller searches for secrets itself, as `verify` does in the files. */
  readonly isSearched?: boolean
}

export interface Progress {
  /** A cloud's name, or `builds`. */
  readonly name: string
  readonly done: number
  readonly total: number
}
