import type { WantedBuild } from '../core/builds/locate.ts'
import type { Criteria } from '../core/criteria/criteria.ts'
import type { CloudName, StreamIdentity } from '../core/snapshot/snapshot.ts'
import type { Minor } from '../core/versions/minor.ts'
import type { Access } from './clouds/types.ts'
import type { Recording } from './recording.ts'

/** Everything that a capture needs to know, as plain values. */
export interface CaptureRequest {
  readonly stream: StreamIdentity
  readonly criteria: Criteria
  /** The OCP minor whose images are looked for; needed where a cloud is asked. */
  readonly ocp: Minor | undefined
  readonly clouds: Partial<Record<CloudName, Access<unknown>>>
  /** The builds to ask for; none where the stream has its releases already. */
  readonly builds: readonly WantedBuild[]
  /** For one request to the build server, in milliseconds. */
  readonly timeout: number
  /** How many questions to ask at a time. */
  readonly concurrency: number
  /** Answers instead of the network. */
  readonly replay?: Recording
  readonly onProgress?: (progress: Progress) => void
}

export interface Progress {
  readonly done: number
  readonly total: number
}
