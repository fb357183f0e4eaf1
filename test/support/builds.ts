import { onTestFinished } from 'vitest'
import { type BuildSource, type BuildStandIn, startBuilds } from '../stand-in/builds.ts'
import {
  DEMONSTRATION,
  demonstrationBuilds,
  demonstrationMeta,
} from '../stand-in/demonstration-builds.ts'
import type { ServerOptions } from '../stand-in/server.ts'

/** A build server that stops when the test is over; by default with the demonstration's builds. */
export async function buildServer(
  options: ServerOptions = {},
  source: BuildSource = demonstrationBuilds,
): Promise<BuildStandIn> {
  const standIn = await startBuilds(source, options)
  onTestFinished(() => standIn.close())
  return standIn
}

/** The demonstration's builds, with one architecture's meta.json changed. */
export function withMeta(
  architecture: string,
  change: (meta: Record<string, unknown>) => unknown,
): BuildSource {
  return (build) =>
    build.architecture === architecture
      ? JSON.stringify(change(demonstrationMeta(architecture)))
      : demonstrationBuilds(build)
}

/** `aarch64=418.… ppc64le=418.… …`. */
export const ALL_BUILDS = DEMONSTRATION.architectures.map(
  (arch) => `${arch}=${DEMONSTRATION.release}`,
)
