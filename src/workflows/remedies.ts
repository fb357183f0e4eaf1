import { basename, dirname, join } from 'node:path'
import { recordingFile } from '../core/snapshot/read.ts'
import { nearest } from '../core/workspace/nearest.ts'
import { hasNothing, type StreamConfig } from '../core/workspace/workspace.ts'
import { InputError } from '../errors.ts'
import type { Folder } from '../files/folder.ts'
import { isModified, restoreCommand } from '../files/git/git.ts'
import { splitRevision } from '../files/git/revision.ts'
import { shellWords } from '../printable.ts'
import { releasesIn } from './capture-plan.ts'
import { findWorkspace, type OpenedWorkspace, ownerIn } from './workspace.ts'

/** Adds a remedy to the error of a file that is missing or malformed. */
export async function withFileRemedy<T>(error: T, folder: Folder): Promise<T> {
  if (!(error instanceof InputError) || error.remedy !== undefined) return error
  const remedy = await fileRemedy(error.message, folder)
  return remedy === undefined ? error : Object.assign(error, { remedy })
}

/** @param message that begins with the file, perhaps after the name of a stream */
async function fileRemedy(message: string, folder: Folder): Promise<string | undefined> {
  const [, revision = ''] = /^(\S+:\S+): no such file$/.exec(message) ?? []
  if (splitRevision(revision).path && !revision.includes('//')) {
    return 'Use a path; of these commands, only diff reads REVISION:PATH.'
  }
  const [, missing] = /(?:^|: )([^:]+): no such file$/.exec(message) ?? []
  if (missing !== undefined) return findSimilar(missing, folder)
  if (/: (is (a|not a|in) |longer than )/.test(message)) return 'Use another file.'
  const files = message.split(': ').map((part) => part.replace(/:\d+:\d+$/, ''))
  const file = files.find((each) => each === 'stdin' || folder.exists(each))
  if (file !== undefined) return restore(file, folder)
  const isOfRevision = files.some((each) => splitRevision(each).path && !each.includes('//'))
  return isOfRevision ? 'Use a revision in which the file is valid.' : undefined
}

async function restore(file: string, folder: Folder): Promise<string> {
  if (file === 'stdin') return 'Correct the input.'
  return (await isModified(folder, [file]))
    ? `Correct the file, or run git checkout -- ${shellWords([file])}`
    : 'Correct the file, or use another file.'
}

/**
 * @param needsImages whether a snapshot of builds alone is not enough
 * @returns undefined for a file that neither git nor the workspace has
 */
export async function missingFileRemedy(
  file: string,
  workspace: OpenedWorkspace | undefined,
  folder: Folder,
  needsImages = false,
): Promise<string | undefined> {
  const owner = ownerIn(workspace, folder, file)
  const isSnapshot =
    owner !== undefined && folder.resolve(owner.config.snapshot) === folder.resolve(file)
  const command = await restoreCommand(folder, file, ...(isSnapshot ? [recordingFile(file)] : []))
  if (command !== undefined) return `Run ${command}`
  if (owner === undefined) return undefined
  const { name, config } = owner
  const place = `the files of ${name} in ${owner.file}.`
  if (folder.exists(config.snapshot)) {
    return `Run stream-snapshot regenerate ${name}, or change ${place}`
  }
  if (hasNothing(config)) return `Change ${place}`
  const update = `Run stream-snapshot update ${name}`
  if (needsImages) return `${update}.`
  const versions = await findVersions(config, folder)
  return versions === undefined
    ? `${update}, or change ${place}`
    : `${update}, or without credentials stream-snapshot ${['update --cloud none', name, ...versions].join(' ')}`
}

/** The words of `update` for the present builds; undefined if they are unknown. */
async function findVersions(
  { builds, target }: StreamConfig,
  folder: Folder,
): Promise<string[] | undefined> {
  if (builds !== undefined) return []
  const releases = [...(await releasesIn(target, folder).catch(() => new Map<string, string>()))]
  const [version, ...others] = new Set(releases.map(([, release]) => release))
  if (version === undefined) return undefined
  return others.length === 0 ? [version] : releases.map((each) => each.join('='))
}

async function findSimilar(file: string, folder: Folder): Promise<string> {
  const workspace = await findWorkspace(folder).catch(() => undefined)
  const known = await missingFileRemedy(file, workspace, folder, true)
  if (known !== undefined) return known
  const target = workspace?.streams.get(file)?.target
  if (target !== undefined) return `Did you mean ${target}, the target of this stream?`
  const streams = [...(workspace?.streams.keys() ?? [])]
  const files = folder.list(dirname(file), '').map((name) => join(dirname(file), name))
  const similar =
    nearest(file, [...streams, ...files]) ??
    files.find((each) => basename(each, '.json') === basename(file, '.json'))
  if (similar !== undefined) return `Did you mean ${similar}?`
  const existing = 'Specify the path of an existing file'
  // A name of a stream has no extension.
  const isStream = streams.length > 0 && !/\.(ya?ml|json)$/.test(file)
  if (isStream) return `${existing}, or one of the streams ${streams.join(', ')}.`
  const isName = workspace === undefined && /^[\w-]+$/.test(file)
  return `${existing}${isName ? ', or run stream-snapshot init to use names of streams' : ''}.`
}
