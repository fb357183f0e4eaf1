import { compareMinors, type Minor, readMinor } from '../versions/minor.ts'
import { readRelease } from '../versions/version.ts'

/** Where each distribution's builds are served. */
export const BUILD_SERVERS = {
  rhcos: 'https://rhcos.mirror.openshift.com/art/storage/prod/streams',
  fcos: 'https://builds.coreos.fedoraproject.org/prod/streams',
} as const

/**
 * The OCP minor that a stream is of: what its releases tell, the latest of them, else what its
 * name carries (`4.18-9.4`, `rhcos-4.18`). A published stream's name is often stale, a release
 * never is.
 */
export function ocpOfStream(name: string, releases: readonly string[]): Minor | undefined {
  const told = releases.flatMap((release) => readRelease(release)?.ocp ?? []).sort(compareMinors)
  const inName = /^(?:rhcos-)?([0-9]+\.[0-9]+)(?:-[0-9.]+)?$/.exec(name)?.[1]
  return told.at(-1) ?? (inName === undefined ? undefined : readMinor(inName))
}

/** Whose build server a URL is; rhcos where it is nobody's that is known. */
export function distroOf(url: string | undefined): keyof typeof BUILD_SERVERS {
  return url === BUILD_SERVERS.fcos ? 'fcos' : 'rhcos'
}
