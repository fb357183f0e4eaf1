import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { CaptureRequest } from '../../src/capture/capture.ts'
import type { WantedBuild } from '../../src/core/builds/locate.ts'
import { BUILT_IN } from '../../src/core/criteria/criteria.ts'
import type { Architecture } from '../../src/core/snapshot/snapshot.ts'
import type { Stream } from '../../src/core/stream/stream.ts'
import { printMajorMinor, readRelease } from '../../src/core/versions/version.ts'

export const CORPUS = resolve(process.env.CORPUS_DIR ?? '../shared/corpus')

/** The history of openshift/installer. */
export const INSTALLER_BUNDLE = join(CORPUS, 'history/installer-main.bundle')

export const publishedStreams = readdirSync(join(CORPUS, 'streams'))
export const publishedStream = (file: string) => readFileSync(join(CORPUS, 'streams', file), 'utf8')

/** OCP versions by RHEL version, for releases without an OCP version. */
const OCP_BY_RHEL: Readonly<Record<string, string>> = {
  '9.6': '4.20',
  '9.8': '4.22',
  '10.2': '5.0',
}

/** The OCP version of a stream; undefined for Fedora and CentOS streams. */
export function getOcp(stream: Stream): string | undefined {
  const release = readRelease(stream.release('x86_64') ?? '')
  if (release === undefined) return undefined
  return release.ocp ? printMajorMinor(release.ocp) : OCP_BY_RHEL[printMajorMinor(release.rhel)]
}

export const publishedBumps = readdirSync(join(CORPUS, 'bumps'))

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

/** Captures the builds of a bump from the build server at `url`. */
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
