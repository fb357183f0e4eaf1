import { fileVersions } from '../disk/git/versions.ts'
import { decodeText } from '../disk/read.ts'
import { type HistoryVersion, historyOf, type Version, type Window } from '../index.ts'

/** The history of a file in git, for the commands that show one. */
export async function readHistory(path: string, window: Window = {}): Promise<HistoryVersion[]> {
  const versions = await fileVersions(path)
  return historyOf(
    versions.map(({ id, content, ...rest }): Version => {
      const version = { commit: id, ...rest }
      return content === undefined
        ? version
        : { ...version, text: () => decodeText(content, version.path) }
    }),
    window,
  )
}
