import { dirname, join, normalize } from 'node:path'
import { nearest } from '../core/workspace/nearest.ts'
import { type ReadWorkspace, readWorkspace } from '../core/workspace/read.ts'
import { WORKSPACE_FILE, type WorkspaceStream } from '../core/workspace/workspace.ts'
import { InputError } from '../errors.ts'
import type { Folder } from '../files/folder.ts'

/** A workspace as it was found on the disk. */
export interface OpenedWorkspace {
  /** As the command line would name it. */
  readonly file: string
  readonly text: string
  readonly workspace: ReadWorkspace
  /** Its streams, with the paths of their files as the command line would name them. */
  readonly streams: ReadonlyMap<string, WorkspaceStream>
}

/** @throws InputError where there is no workspace, or one that cannot be read */
export async function openWorkspace(folder: Folder): Promise<OpenedWorkspace> {
  const file = folder.findUpwards(WORKSPACE_FILE)
  if (file === undefined) {
    throw new InputError(
      `no ${WORKSPACE_FILE} here, or in a folder around up to the repository's root`,
      'stream-snapshot init writes one.',
    )
  }
  const text = await folder.read(file)
  const workspace = readWorkspace(text, file)
  return { file, text, workspace, streams: placed(workspace.streams, file) }
}

/** Streams with the paths of their files counted from the current folder. */
export function placed(
  streams: ReadonlyMap<string, WorkspaceStream>,
  file: string,
): Map<string, WorkspaceStream> {
  const from = (path: string) => normalize(join(dirname(file), path))
  return new Map(
    [...streams].map(([name, stream]) => [
      name,
      {
        ...stream,
        snapshot: from(stream.snapshot),
        target: from(stream.target),
        ...(stream.marketplaceFile !== undefined && {
          marketplaceFile: from(stream.marketplaceFile),
        }),
        ...(stream.criteria !== undefined && { criteria: from(stream.criteria) }),
      },
    ]),
  )
}

/** The streams of these names, or all. @throws InputError for a name that there is not */
export function streamsNamed(
  { streams, file }: OpenedWorkspace,
  names: readonly string[],
): [name: string, stream: WorkspaceStream][] {
  const unknown = names.find((name) => !streams.has(name))
  if (unknown !== undefined) throw noStream(unknown, [...streams.keys()], file)
  return [...streams].filter(([name]) => names.length === 0 || names.includes(name))
}

export function noStream(name: string, known: readonly string[], file: string): InputError {
  const meant = nearest(name, known)
  return new InputError(
    `${file}: has no stream ${JSON.stringify(name)}${meant ? `; did you mean ${meant}?` : `, but ${known.join(', ')}`}`,
  )
}
