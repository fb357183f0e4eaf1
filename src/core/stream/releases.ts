import type { Stream } from './stream.ts'

/** The release of each architecture of a stream; architectures that tell none are left out. */
export function getReleases(
  stream: Pick<Stream, 'architectures' | 'release'>,
): Map<string, string> {
  return new Map(
    stream.architectures().flatMap((arch): [string, string][] => {
      const release = stream.release(arch)
      return release === undefined ? [] : [[arch, release]]
    }),
  )
}
