import type { Requirement } from '../selection/select.ts'
import type { CloudName } from '../snapshot/snapshot.ts'
import type { LayoutName } from '../stream/layouts.ts'
import type { Builds, Workspace } from './workspace.ts'

/**
 * One stream and its files: what every workflow takes, from the workspace file or from flags. Paths
 * are as the user would type them.
 */
export interface StreamConfig {
  readonly snapshot: string
  readonly target?: string
  /** Marketplace images are written here instead of into the target. */
  readonly marketplaceFile?: string
  /** Absent: the layouts of the target. Empty: no marketplace images. */
  readonly layouts?: readonly LayoutName[]
  readonly require: Requirement
  /** The clouds to query. Absent: the clouds of the existing snapshot, else Azure. */
  readonly clouds?: readonly CloudName[]
  /** The OCP version, X.Y. */
  readonly ocp?: string
  /** The folder on the build server. */
  readonly name?: string
  /** The build server. */
  readonly url?: string
  readonly distro?: 'rhcos' | 'fcos'
  readonly signatures?: boolean
  /** A criteria file. Absent: the criteria of the existing snapshot, else the built-in criteria. */
  readonly criteria?: string
  /** The builds to capture. Absent: the releases of the target, and no builds are captured. */
  readonly builds?: Builds
}

/**
 * The streams of a workspace by name, in the order of the file.
 *
 * @param locate turns a path of the workspace file into one that the user would type
 */
export function streamConfigs(
  { clouds, streams }: Workspace,
  locate: (path: string) => string = (path) => path,
): Map<string, StreamConfig> {
  const configs = [...streams].map(([name, stream]): [string, StreamConfig] => {
    const {
      snapshot,
      target,
      marketplaceFile,
      criteria,
      layouts,
      require = 'any',
      ...rest
    } = stream
    const hasImages = !layouts?.includes('none')
    const config = {
      ...rest,
      require,
      snapshot: locate(snapshot),
      target: locate(target),
      ...(marketplaceFile !== undefined && { marketplaceFile: locate(marketplaceFile) }),
      ...(criteria !== undefined && { criteria: locate(criteria) }),
      ...(layouts && { layouts: layouts.filter((layout) => layout !== 'none') }),
      clouds: hasImages ? clouds : [],
    }
    return [name, config]
  })
  return new Map(configs)
}

/** The files that a regeneration writes. */
export function targetFiles({ target, marketplaceFile }: StreamConfig): string[] {
  return [target, marketplaceFile].flatMap((each) => each ?? [])
}

/** Whether a stream has neither builds nor clouds to query, and so no snapshot. */
export function hasNothing({ clouds, builds = {} }: StreamConfig): boolean {
  return clouds?.length === 0 && Object.keys(builds).length === 0
}
