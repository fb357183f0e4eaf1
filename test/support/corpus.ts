import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { CaptureRequest } from '../../src/capture/capture.ts'
import type { WantedBuild } from '../../src/core/builds/locate.ts'
import { BUILT_IN } from '../../src/core/criteria/criteria.ts'
import type { Architecture } from '../../src/core/snapshot/snapshot.ts'
import type { Stream } from '../../src/core/stream/stream.ts'
import { printMajorMinor, readRelease } from '../../src/core/versions/version.ts'

export const CORPUS = resolve(process.env.CORPUS_DIR ?? '../shared/corpus')

export const publishedStreams = readdirSync(join(CORPUS, 'streams'))
export const publishedStream = (file: string) => readFileSync(join(CORPUS, 'streams', file), 'utf8')

/** The OCP minor of a RHEL that names none. */
const OCP_OF: Readonly<Record<string, string>> = { '9.6': '4.20', '9.8': '4.22', '10.2': '5.0' }

/** What marketplace images are looked for by: undefined for Fedora's and CentOS's streams. */
export function getOcp(stream: Stream): string | undefined {
  const release = readRelease(stream.release('x86_64') ?? '')
  if (release === undefined) return undefined
  return release.ocp ? printMajorMinor(release.ocp) : OCP_OF[printMajorMinor(release.rhel)]
}

export const publishedBumps = readdirSync(join(CORPUS, 'bumps'))

/** What a bump was made with. */
export interface BumpArguments {
  url: string
  name: string
  distro: 'rhcos' | 'fcos'
  signatures: boolean
  builds: Partial<Record<Architecture, string>>
}

export const getArguments = (bump: string): BumpArguments =>
  JSON.parse(readFileSync(join(CORPUS, 'bumps', bump, 'args.json'), 'utf8'))
export const buildsFolder = (bump: string) => join(CORPUS, 'bumps', bump, 'builds')

/** A bump's capture, without clouds, from a build server at `url`. */
export function requestFor(bump: string, url: string): CaptureRequest {
  const { name, distro, signatures, builds } = getArguments(bump)
  return {
    stream: { name, distro, ocp: null, url, signatures },
    criteria: BUILT_IN,
    ocp: undefined,
    clouds: [],
    builds: Object.entries(builds).map(
      ([architecture, release]): WantedBuild => ({
        architecture: architecture as Architecture,
        release,
      }),
    ),
    timeout: 10_000,
    concurrency: 8,
  }
}
