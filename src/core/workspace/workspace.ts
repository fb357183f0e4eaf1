import type { Requirement } from '../selection/select.ts'
import type { Architecture, CloudName } from '../snapshot/snapshot.ts'
import type { LayoutName } from '../stream/layouts.ts'

/** The name of the file, at the root of a repository. */
export const WORKSPACE_FILE = 'stream-snapshot.json'

/** The streams of a repository; see schemas/workspace.schema.json. */
export interface Workspace {
  /** Which are asked. */
  readonly clouds: readonly CloudName[]
  /** By the name that the command line takes, in the file's order. */
  readonly streams: ReadonlyMap<string, WorkspaceStream>
}

/** One stream and its files, whose paths count from the workspace's folder. */
export interface WorkspaceStream {
  readonly snapshot: string
  readonly target: string
  /** Where marketplace images stand if not in the target. */
  readonly marketplaceFile?: string
  /** Absent: those that the target has. */
  readonly layouts?: readonly (LayoutName | 'none')[]
  readonly ocp?: string
  /** The folder on the build server, and the server. */
  readonly name?: string
  readonly url?: string
  readonly distro?: 'rhcos' | 'fcos'
  readonly signatures?: boolean
  readonly require?: Requirement
  /** A file. */
  readonly criteria?: string
  /** Absent: the target's own releases, and only marketplace images are captured. */
  readonly builds?: Builds
}

export type Builds = Readonly<Partial<Record<Architecture, string>>>
