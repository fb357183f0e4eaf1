import {
  type FileChange,
  HistoryReader,
  type HistoryVersion,
  type VersionFiles,
  type Window,
} from '../core/history/history.ts'
import { type FileText, readWorkspaceSettings } from '../core/history/state.ts'
import type { StreamConfig } from '../core/workspace/workspace.ts'
import { InputError } from '../errors.ts'
import type { Folder } from '../files/folder.ts'
import { type Blobs, NotInClone } from '../files/git/git.ts'
import {
  type FileCommit,
  type FileState,
  NoVersions,
  readFileHistory,
} from '../files/git/history.ts'
import { decodeText } from '../files/read.ts'
import {
  findWorkspace,
  marketplaceFilesFor,
  type OpenedWorkspace,
  openWorkspace,
  ownerIn,
  streamFilesFor,
} from './workspace.ts'

interface HistoryPaths {
  /** The snapshot, stream or marketplace file. */
  readonly main: string
  /** The stream of a snapshot or of a marketplace file, for its releases. */
  readonly target?: string | undefined
  readonly marketplaceFile?: string | undefined
  readonly workspace?: { readonly file: string; readonly stream: string } | undefined
}

export interface HistoryRequest {
  /** The path, or the name of the stream. */
  readonly title: string
  /** The first files that git has a version of are used. */
  readonly choices: readonly HistoryPaths[]
}

/**
 * @param path a file or the name of a stream; undefined for every stream of the workspace
 * @throws InputError for a target that does not exist, and without a path and a workspace
 */
export async function findHistories(
  folder: Folder,
  path: string | undefined,
  target: string | undefined,
): Promise<HistoryRequest[]> {
  const opened = await (path === undefined ? openWorkspace : findWorkspace)(folder)
  const streams = [...(opened?.streams ?? [])]
  const isName = path !== undefined && opened?.streams.has(path) && !folder.exists(path)
  const requests =
    path === undefined || isName
      ? streams
          .filter(([name]) => path === undefined || name === path)
          .map(([name, config]) => streamRequest(name, config, opened))
      : [fileRequest(path, opened, folder)]
  if (target === undefined) return requests
  if (!folder.exists(target)) {
    throw new InputError(`--target: ${target}: no such file`, 'Use an existing stream file.')
  }
  return requests.map(({ choices, ...request }) => ({
    ...request,
    choices: choices.map((paths) => ({ ...paths, target })),
  }))
}

/** Without a marketplace file, the snapshot has more images than the stream. */
function streamRequest(
  name: string,
  { snapshot, target = '', marketplaceFile, layouts }: StreamConfig,
  opened: OpenedWorkspace | undefined,
): HistoryRequest {
  const workspace = opened && { file: opened.file, stream: name }
  const own: HistoryPaths = { main: target, marketplaceFile, workspace }
  const isOwn = marketplaceFile !== undefined || layouts?.length === 0
  return { title: name, choices: isOwn ? [own] : [{ main: snapshot, target, workspace }, own] }
}

/** Other files of the stream are found in the workspace, else by their names. */
function fileRequest(
  path: string,
  opened: OpenedWorkspace | undefined,
  folder: Folder,
): HistoryRequest {
  const owner = ownerIn(opened, folder, path)
  if (owner !== undefined) {
    const { target, marketplaceFile, snapshot } = owner.config
    // The images of a snapshot are those of its marketplace file.
    const isSnapshot = folder.resolve(snapshot) === folder.resolve(path)
    const isOther = (file: string | undefined) =>
      file !== undefined && folder.resolve(file) !== folder.resolve(path)
    const others = {
      ...(isOther(target) && { target }),
      ...(!isSnapshot && isOther(marketplaceFile) && { marketplaceFile }),
    }
    const workspace = { file: owner.file, stream: owner.name }
    return { title: path, choices: [{ main: path, ...others, workspace }] }
  }
  const marketplaceFile = marketplaceFilesFor(path).find((each) => folder.exists(each))
  const target = streamFilesFor(path).find((each) => folder.exists(each))
  return { title: path, choices: [{ main: path, marketplaceFile, target }] }
}

export interface StreamHistory {
  /** The oldest first, read one at a time. @throws InputError if no version can be read */
  readonly versions: AsyncGenerator<HistoryVersion>
  /** The URL of a commit without its id, if the remote repository is known. */
  readonly commits: string | undefined
}

const ROLES = ['main', 'target', 'marketplaceFile', 'workspace'] as const
type Files = Readonly<Partial<Record<(typeof ROLES)[number], FileState>>>

/** A commit with the files of the stream after it, before it, and those that it changed. */
interface Step extends Omit<FileCommit, 'files'> {
  readonly files: Files
  readonly before: Files
  readonly changed: Files
}

/** @throws InputError without a git repository, NoVersions if git has no version of the files */
export async function openHistory(
  folder: Folder,
  { choices }: HistoryRequest,
  window: Window,
): Promise<StreamHistory> {
  let missing: NoVersions | undefined
  for (const paths of choices) {
    try {
      return await openPaths(folder, paths, window)
    } catch (error) {
      if (!(error instanceof NoVersions)) throw error
      missing ??= error
    }
  }
  throw missing
}

async function openPaths(
  folder: Folder,
  { workspace, ...paths }: HistoryPaths,
  window: Window,
): Promise<StreamHistory> {
  const all = { ...paths, workspace: workspace?.file }
  const roles = ROLES.filter((role) => all[role] !== undefined)
  const others = roles.slice(1).flatMap((role) => all[role] ?? [])
  const { commits, blobs, origin } = await readFileHistory(folder, [paths.main, ...others])
  let files: Files = {}
  const steps = commits.toReversed().map((commit): Step => {
    const pairs = roles.map((role, at) => [role, commit.files[at]] as const)
    const changed: Files = Object.fromEntries(pairs.filter(([, file]) => file))
    const before = files
    files = { ...files, ...changed }
    return { ...commit, files, before, changed }
  })
  return {
    versions: readVersions(steps, blobs, window, workspace?.stream),
    commits: origin === undefined ? undefined : commitUrl(origin),
  }
}

async function* readVersions(
  steps: readonly Step[],
  blobs: Blobs,
  window: Window,
  stream: string | undefined,
): AsyncGenerator<HistoryVersion> {
  const { since, maxCount } = window
  const start = since === undefined ? undefined : Date.parse(since)
  const isLate = ({ date }: Pick<Step, 'date'>) => start === undefined || Date.parse(date) >= start
  const reader = new HistoryReader()
  const read = async (step: Step) =>
    reader.next(
      toCommit(step),
      step.files.main?.path ?? '',
      await readFiles(step, blobs, stream),
      fileChanges(step),
    )
  try {
    const own = steps.flatMap((step, at) => (isOwn(step) && isLate(step) ? [at] : []))
    const first = own.at(-(maxCount ?? Number.POSITIVE_INFINITY)) ?? own[0] ?? steps.length
    // `base` is the state before the first version to show.
    let base = first
    for (; base > 0 && !reader.isReadable; ) await read(steps[--base] as Step)
    const start = base < first ? base + 1 : base
    let waiting: HistoryVersion[] = []
    for (const [offset, step] of steps.slice(start).entries()) {
      const at = start + offset
      const version = await read(step)
      const isVersion = isOwn(step) || (reader.isReadable && version.changes.length > 0)
      if (at >= first && isVersion && isLate(step)) waiting.push(version)
      if (maxCount !== undefined) waiting = waiting.slice(-maxCount)
      else if (reader.isReadable) yield* waiting.splice(0)
    }
    reader.expectReadable()
    yield* waiting
  } finally {
    blobs.close()
  }
}

/** Whether a commit changed the file of the history; others are versions if they change an image. */
function isOwn({ changed }: Step): boolean {
  return changed.main !== undefined || changed.marketplaceFile !== undefined
}

function toCommit({ id, date, subject, isCut }: Step) {
  return { commit: id, date, subject, ...(isCut && { isCut }) }
}

function fileChanges({ before, changed }: Step): FileChange[] {
  return (['main', 'marketplaceFile'] as const).flatMap((name): FileChange[] => {
    const [old, fresh] = [before[name], changed[name]]
    if (fresh === undefined) return []
    if (fresh.blob === undefined) return [{ change: 'removed', path: fresh.path }]
    const isRenamed = old?.blob !== undefined && old.path !== fresh.path
    return isRenamed ? [{ change: 'renamed', path: fresh.path, from: old.path }] : []
  })
}

async function readFiles(
  { files: { workspace, ...files } }: Step,
  blobs: Blobs,
  stream: string | undefined,
): Promise<VersionFiles> {
  const texts: Record<string, FileText> = {}
  for (const [name, file] of Object.entries(files)) {
    if (file?.blob !== undefined) texts[name] = await readFile(file, blobs)
  }
  if (workspace?.blob === undefined || stream === undefined) return texts
  return { ...texts, ...readWorkspaceSettings(await readFile(workspace, blobs), stream) }
}

/** An unreadable file, such as one that is too long, is a problem of its version only. */
async function readFile(
  { path, blob = '', isSubmodule }: FileState,
  blobs: Blobs,
): Promise<FileText> {
  try {
    if (isSubmodule) throw new InputError(`${path}: is a submodule, expected a file`)
    const bytes = await blobs.read(blob, path)
    return { path, read: () => decodeText(bytes, path) }
  } catch (error) {
    if (!(error instanceof InputError) || error instanceof NotInClone) throw error
    const read = () => {
      throw error
    }
    return { path, read }
  }
}

/** `https://github.com/OWNER/NAME/commit/`, for GitHub and GitLab; never with credentials. */
function commitUrl(origin: string): string | undefined {
  const [, host, path] =
    /^(?:https?:\/\/(?:[^@/]*@)?|ssh:\/\/(?:[^@/]*@)?|[\w.-]+@)((?:[\w-]+\.)*(?:github|gitlab)(?:\.[\w-]+)+)(?::\d+)?[/:]([\w.-]+(?:\/[\w.-]+)+?)(?:\.git)?\/?$/.exec(
      origin,
    ) ?? []
  if (host === undefined || path === undefined) return undefined
  return `https://${host}/${path}/${host.includes('gitlab') ? '-/' : ''}commit/`
}
