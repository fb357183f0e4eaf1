import { onTestFinished } from 'vitest'
import { type BuildSource, type MockBuildServer, startBuilds } from '../mock-servers/builds.ts'
import {
  DEMONSTRATION,
  demonstrationBuilds,
  demonstrationMeta,
} from '../mock-servers/demonstration-builds.ts'
import type { ServerOptions } from '../mock-servers/server.ts'

/** A build server that stops when the test is over; by default with the demonstration's builds. */
export async function buildServer(
  options: ServerOptions = {},
  source: BuildSource = demonstrationBuilds,
): Promise<MockBuildServer> {
  const mockServer = await startBuilds(source, options)
  onTestFinished(() => mockServer.close())
  return mockServer
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
