import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type MockResponse, type MockServer, type ServerOptions, startServer } from './server.ts'

/** Returns the meta.json of a build; undefined for an unknown build. */
export type BuildSource = (build: BuildPath) => string | undefined | Promise<string | undefined>

export interface BuildPath {
  readonly name: string
  readonly release: string
  readonly architecture: string
}

export interface MockBuildServer extends MockServer {
  /** The value for `--url`. */
  readonly streams: string
}

/** As on the real server. */
const PREFIX = '/art/storage/prod/streams'

/** Starts a server for `URL/NAME/builds/VERSION/ARCH/meta.json`. All other paths return 404. */
export async function startBuilds(
  source: BuildSource,
  options: ServerOptions = {},
): Promise<MockBuildServer> {
  const server = await startServer(async ({ method, path }): Promise<MockResponse> => {
    const build = readPath(path)
    if (method !== 'GET' || build === undefined) return { status: 404, body: 'no such path' }
    const text = await source(build)
    if (text === undefined) return { status: 404, body: 'no such build' }
    return { status: 200, headers: { 'content-type': 'application/json' }, body: text }
  }, options)
  return Object.assign(server, { streams: `${server.url}${PREFIX}` })
}

/** The builds in a folder: `NAME/builds/VERSION/ARCH/meta.json`. */
export function buildsIn(folder: string): BuildSource {
  return ({ name, release, architecture }) =>
    readFile(join(folder, name, 'builds', release, architecture, 'meta.json'), 'utf8').catch(
      () => undefined,
    )
}

const PATH = new RegExp(
  `^${PREFIX}/(?<name>[\\w.+-]+)/builds/(?<release>[\\w.+-]+)/(?<architecture>\\w+)/meta\\.json$`,
)

function readPath(path: string): BuildPath | undefined {
  const { name = '', release = '', architecture = '' } = PATH.exec(path)?.groups ?? {}
  const isFolder = (text: string) => text !== '' && text !== '.' && text !== '..'
  return isFolder(name) && isFolder(release) && isFolder(architecture)
    ? { name, release, architecture }
    : undefined
}
