import type { WantedBuild } from '../core/builds/locate.ts'
import type { Criteria } from '../core/criteria/criteria.ts'
import type { CloudName, StreamIdentity } from '../core/snapshot/snapshot.ts'
import type { MajorMinor } from '../core/versions/major-minor.ts'
import type { Access } from './clouds/types.ts'
import type { Patience } from './http/question.ts'
import type { Shared } from './http/shared.ts'
import type { Recording } from './recording.ts'

/** Everything that a capture needs to know, as plain values. */
export interface CaptureRequest {
  readonly stream: StreamIdentity
  readonly criteria: Criteria
  /** The OCP minor whose images are looked for; needed where a cloud is asked. */
  readonly ocp: MajorMinor | undefined
  readonly clouds: Partial<Record<CloudName, Access<unknown>>>
  /** Regions that are not queried although the criteria or the account have them. */
  readonly skipRegions?: readonly string[]
  /** The builds to ask for; none where the stream has its releases already. */
  readonly builds: readonly WantedBuild[]
  /** For one request to the build server, in milliseconds. */
  readonly timeout: number
  /** For one question with its repetitions, waits and sign-in, in milliseconds; default 120 s. */
  readonly patience?: number
  /** Hears what is waited for, where that takes more than a few seconds. */
  readonly onWait?: (text: string) => void
  /** How many questions to ask at a time. */
  readonly concurrency: number
  /** Answers instead of the network. */
  readonly replay?: Recording
  /** What it shares with the captures before it and behind it. */
  readonly shared?: Shared | undefined
  /** Hears how many questions of each cloud, and builds, are answered. */
  readonly onProgress?: (progress: readonly Progress[]) => void
  /** Set where the caller searches for secrets itself, as `verify` does in the files. */
  readonly isSearched?: boolean
}

export interface Progress {
  /** A cloud's, or `builds`. */
  readonly name: string
  readonly done: number
  readonly total: number
}

/** In milliseconds: a cloud that throttles asks for a minute or less. */
const PATIENCE = 120_000

/** Between two words on what is waited for, of however many questions at once; in milliseconds. */
const BETWEEN_WORDS = 10_000

/** The limits of all questions of a capture; a recording answers at once. */
export function patienceOf({ patience = PATIENCE, onWait, replay }: CaptureRequest): Patience {
  let next = 0
  const say = (text: string) => {
    if (Date.now() < next) return
    next = Date.now() + BETWEEN_WORDS
    onWait?.(text)
  }
  return { patience, onWait: replay || onWait === undefined ? undefined : say }
}
