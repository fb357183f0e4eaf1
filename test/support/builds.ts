import { onTestFinished } from 'vitest'
import { type BuildSource, type MockBuildServer, startBuilds } from '../mock-servers/builds.ts'
import {
  DEMONSTRATION,
  demonstrationBuilds,
  demonstrationMeta,
} from '../mock-servers/demonstration-builds.ts'
import type { ServerOptions } from '../mock-servers/server.ts'

/** Starts a build server that is closed after the test. */
export async function buildServer(
  options: ServerOptions = {},
  source: BuildSource = demonstrationBuilds,
): Promise<MockBuildServer> {
  const mockServer = await startBuilds(source, options)
  onTestFinished(() => mockServer.close())
  return mockServer
}

/** The builds of the demonstration with a changed meta.json for one architecture. */
export function withMeta(
  architecture: string,
  change: (meta: Record<string, unknown>) => unknown,
): BuildSource {
  return (build) =>
    build.architecture === architecture
      ? JSON.stringify(change(demonstrationMeta(architecture)))
      : demonstrationBuilds(build)
}

/** Arguments for `capture`, such as `aarch64=418.94.202410090804-0`. */
export const ALL_BUILDS = DEMONSTRATION.architectures.map(
  (arch) => `${arch}=${DEMONSTRATION.release}`,
)
