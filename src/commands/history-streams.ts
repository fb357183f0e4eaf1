import { normalize } from 'node:path'
import type { HistoryVersion, Window } from '../core/history/history.ts'
import { nearest } from '../core/workspace/nearest.ts'
import type { StreamConfig } from '../core/workspace/stream-config.ts'
import { WORKSPACE_FILE } from '../core/workspace/workspace.ts'
import { InputError } from '../errors.ts'
import type { Folder } from '../files/folder.ts'
import { NoVersions } from '../files/git/history.ts'
import { type HistoryPaths, openHistory, type StreamHistory } from '../workflows/history.ts'
import { findMarketplaceFile, findStreamFile } from '../workflows/marketplace-file.ts'
import { type OpenedWorkspace, openWorkspace } from '../workflows/workspace.ts'
import type { Context } from './command.ts'
import type { Terminal } from './line/terminal.ts'
import { text } from './option.ts'

export const PATH_OPTION = text('Snapshot, stream, marketplace file or stream name')
export const TARGET_OPTION = text('Take the releases from this stream if PATH has no builds')

/** One history to show: the files, the most specific ones first, of which git needs to have one. */
export interface HistoryRequest {
  /** The stream's name in the workspace; undefined for a path. */
  readonly stream: string | undefined
  /** The path or the name, as errors call it. */
  readonly title: string
  readonly choices: readonly [HistoryPaths, ...HistoryPaths[]]
}

/**
 * What a command line asks for: a file, the stream of a name, or every stream of the workspace.
 *
 * @throws InputError for a target that does not exist, and if no PATH and no workspace is given
 */
export async function findHistories(
  folder: Folder,
  path: string | undefined,
  target: string | undefined,
): Promise<HistoryRequest[]> {
  const hasWorkspace = folder.findUpwards(WORKSPACE_FILE) !== undefined
  const workspace = hasWorkspace || path === undefined ? await openWorkspace(folder) : undefined
  const streams = [...(workspace?.streams ?? [])]
  const named = streams.find(([name]) => name === path)
  const requests =
    path === undefined
      ? streams.map(([name, stream]) => streamRequest(name, stream, workspace))
      : named && !folder.exists(path)
        ? [streamRequest(...named, workspace)]
        : [await fileRequest(folder, path, streams, workspace)]
  if (target === undefined) return requests
  if (!folder.exists(target)) throw new InputError(`--target: ${target}: no such file`)
  return requests.map((request) => {
    const [first, ...more] = request.choices.map((paths) => ({ ...paths, target }))
    return first ? { ...request, choices: [first, ...more] } : request
  })
}

/** A marketplace file has the images; otherwise the snapshot has more of them than the stream. */
function streamRequest(
  name: string,
  { snapshot, target = '', marketplaceFile, layouts }: StreamConfig,
  workspace: OpenedWorkspace | undefined,
): HistoryRequest {
  const at = workspace && { workspace: { file: workspace.file, stream: name } }
  const own: HistoryPaths = { main: target, marketplaceFile, ...at }
  const isOwn = marketplaceFile !== undefined || layouts?.length === 0
  return {
    stream: name,
    title: name,
    choices: isOwn ? [own] : [{ main: snapshot, target, ...at }, own],
  }
}

/** The other files of a file's stream, from the workspace or by their names. */
async function fileRequest(
  folder: Folder,
  path: string,
  streams: readonly (readonly [string, StreamConfig])[],
  workspace: OpenedWorkspace | undefined,
): Promise<HistoryRequest> {
  const isSame = (other: string | undefined) =>
    other !== undefined && normalize(other) === normalize(path)
  for (const [stream, { snapshot, target, marketplaceFile }] of streams) {
    const at = workspace && { workspace: { file: workspace.file, stream } }
    const paths = isSame(target)
      ? { main: path, marketplaceFile, ...at }
      : [snapshot, marketplaceFile].some(isSame)
        ? { main: path, target, ...at }
        : undefined
    if (paths) return { stream: undefined, title: path, choices: [paths] }
  }
  const marketplaceFile = (await findMarketplaceFile(folder, path))?.file
  const target = await findStreamFile(folder, path)
  return { stream: undefined, title: path, choices: [{ main: path, marketplaceFile, target }] }
}

/**
 * Shows histories one after the other. Of several, those that git has no version of are reported and
 * left out.
 *
 * @param show consumes the versions
 * @throws InputError, NoVersions if nothing can be shown
 */
export async function showHistories(
  requests: readonly HistoryRequest[],
  { folder, terminal }: Context,
  window: Window,
  show: (request: HistoryRequest, history: StreamHistory) => Promise<void>,
): Promise<void> {
  const missing: NoVersions[] = []
  for (const request of requests) {
    const history = await openFirst(request, folder, window).catch((error) => {
      if (!(error instanceof NoVersions)) throw error
      missing.push(error)
      return undefined
    })
    if (history === undefined) continue
    const limits = new Limits(request.title)
    await show(request, { ...history, versions: limits.watch(history.versions, terminal) })
    for (const line of limits.describe()) terminal.say(line)
  }
  const [first] = missing
  if (first && missing.length === requests.length) throw first
  for (const { message } of missing) terminal.say(`${message}; left out`)
}

/** Opens the first of a request's files that git has a version of. */
async function openFirst(
  { choices, title }: HistoryRequest,
  folder: Folder,
  window: Window,
): Promise<StreamHistory> {
  const missing: NoVersions[] = []
  for (const paths of choices) {
    try {
      return await openHistory(folder, paths, window)
    } catch (error) {
      if (!(error instanceof NoVersions)) throw error
      missing.push(error)
    }
  }
  const [first] = missing
  const streams = folder.exists(title) ? [] : await streamNames(folder)
  const meant = nearest(title, streams)
  if (first === undefined || meant === undefined || streams.includes(title)) throw first
  throw new NoVersions(first.message, `Did you mean the stream ${meant}?`)
}

async function streamNames(folder: Folder): Promise<string[]> {
  const hasWorkspace = folder.findUpwards(WORKSPACE_FILE) !== undefined
  return hasWorkspace ? [...(await openWorkspace(folder)).streams.keys()] : []
}

/** What the versions of a history do not show. */
class Limits {
  readonly #title: string
  #cut: HistoryVersion | undefined
  #last: HistoryVersion | undefined

  constructor(title: string) {
    this.#title = title
  }

  async *watch(
    versions: AsyncGenerator<HistoryVersion>,
    { warn }: Terminal,
  ): AsyncGenerator<HistoryVersion> {
    for await (const version of versions) {
      const { commit, isCut, problem } = version
      if (isCut) this.#cut = version
      if (problem !== undefined) warn(`${commit.slice(0, 7)}: left out: ${problem}`)
      this.#last = version
      yield version
    }
  }

  describe(): string[] {
    const { slots = [], releases = {} } = this.#last ?? {}
    const isUnmeasured = slots.length > 0 && Object.keys(releases).length === 0
    const cut = this.#cut?.commit.slice(0, 7)
    return [
      ...(cut
        ? [
            `${this.#title}: shallow clone: the history before ${cut}, and the changes of ${cut}, are unknown; git fetch --unshallow fetches them`,
          ]
        : []),
      ...(isUnmeasured
        ? [`${this.#title}: no builds, so images are not graded; --target FILE names the stream`]
        : []),
    ]
  }
}
