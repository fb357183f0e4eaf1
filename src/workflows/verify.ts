import type { Check } from '../capture/verify.ts'
import type { Comparison } from '../core/changes/changes.ts'
import { Loss } from '../core/regenerate/refusals.ts'
import { describeUnverified, type UnverifiedImages } from '../core/regenerate/unverified.ts'
import { sha256 } from '../core/snapshot/canonical.ts'
import { recordingFile } from '../core/snapshot/read.ts'
import type { Snapshot } from '../core/snapshot/snapshot.ts'
import { type StreamConfig, targetFiles } from '../core/workspace/workspace.ts'
import { InputError, LaterVersionError, UserError } from '../errors.ts'
import type { Folder } from '../files/folder.ts'
import { checkoutCommand, isModified } from '../files/git/git.ts'
import { shellWords } from '../printable.ts'
import type { LockContext } from './locks.ts'
import { prepareRegeneration, type Regeneration } from './regenerate.ts'
import { withFileRemedy } from './remedies.ts'
import { type Fault, isPending } from './settings.ts'

export interface Verification {
  readonly file: string
  readonly checks: readonly Check[]
  readonly snapshot?: Snapshot | undefined
  /** The generated files; undefined if they are refused. */
  readonly regeneration?: Regeneration
  readonly comparison?: Comparison
}

/**
 * Verifies a snapshot against its recording, and its target if the config has one, offline.
 *
 * @param command the command line in remedies that regenerates the target
 * @throws InputError for a missing file
 */
export async function verifyStream(
  config: StreamConfig,
  { folder }: Pick<LockContext, 'folder'>,
  command = regenerateCommand(config),
): Promise<Verification> {
  const { verifyEvidence, verifyUnreadable } = await import('../capture/verify.ts')
  const { snapshot: file } = config
  const { checks: results, snapshot } = await readEvidence(file, folder).then(
    verifyEvidence,
    (error) => {
      // An error with a position in one of the files, such as a conflict marker, is a result.
      const name = [file, recordingFile(file)].find((each) => error.message.startsWith(`${each}:`))
      const isResult = error instanceof InputError && name !== undefined
      if (!isResult || !/^:\d/.test(error.message.slice(name.length))) throw error
      return verifyUnreadable(error, name === file ? 'schema' : 'recording')
    },
  )
  const checks = await withRemedies(results, config, folder)
  if (targetFiles(config).length === 0) return { file, checks, snapshot }
  if (snapshot === undefined || !isWhole(checks)) {
    return { file, checks: [...checks, { name: 'target', skipped: true }], snapshot }
  }
  const { check, ...target } = await checkTarget(snapshot, config, command, folder)
  return { file, checks: [...checks, { name: 'target', ...check }], snapshot, ...target }
}

async function withRemedies(
  checks: readonly Check[],
  { snapshot, origin }: StreamConfig,
  folder: Folder,
): Promise<Check[]> {
  const files = [snapshot, recordingFile(snapshot)]
  const own = shellWords([snapshot])
  const again = `stream-snapshot ${origin ? `update ${origin.name}` : `capture ${own}`}`
  const isWhole = checks.every(({ fault }) => fault === undefined)
  const restore = isWhole ? undefined : await checkoutCommand(folder, files)
  const remedies: Readonly<Partial<Record<Check['name'], string>>> = {
    form: `Run stream-snapshot capture ${own} --replay.`,
    // A capture does not replace a file that is not a snapshot.
    schema: restore ? `Run ${restore}.` : `Delete both files, and run ${again}.`,
    secrets: 'Revoke the secrets, capture again, and do not push the files.',
  }
  const other = restore ? `Run ${restore}, or ${again}.` : `Run ${again}.`
  return checks.map((check) => {
    if (check.fault === undefined) return check
    return { ...check, remedy: check.remedy ?? remedies[check.name] ?? other }
  })
}

export function isWhole(checks: readonly Check[]): boolean {
  return checks.every(({ name, fault }) => !fault || (name !== 'schema' && name !== 'integrity'))
}

/** The two files of one capture, read again if another run replaces them at the same time. */
async function readEvidence(file: string, folder: Folder) {
  const recording = recordingFile(file)
  const text = await folder.read(file)
  const recordingText = await folder.readSibling(recording)
  const belongs = recordingText !== undefined && text.includes(sha256(recordingText))
  const [own, other] = belongs
    ? [text, recordingText]
    : [await folder.read(file), await folder.readSibling(recording)]
  return { file, text: own, recordingFile: recording, recordingText: other }
}

/** The difference of `regenerate --check`, and images without evidence in the snapshot. */
async function checkTarget(
  snapshot: Snapshot,
  config: StreamConfig,
  command: string,
  folder: Folder,
): Promise<Omit<Verification, 'file' | 'checks'> & { readonly check: Omit<Check, 'name'> }> {
  const files = targetFiles(config)
  const mismatch = ({ length }: readonly unknown[]) =>
    `${length > 1 ? 'do' : 'does'} not match ${config.snapshot}`
  try {
    const regeneration = await prepareRegeneration(snapshot, config, {}, folder, true)
    const { result, writes } = regeneration
    const done = { regeneration, comparison: result.comparison }
    const unverified = unverifiedFaults(snapshot, config, result.unverified, command)
    const stale: Fault = {
      message: `${writes.map(({ file }) => file).join(', ')}: ${mismatch(writes)}`,
      remedy: `Run ${command}${unverified.length > 0 ? '.' : ''}`,
    }
    const faults = [...(writes.length > 0 ? [stale] : []), ...unverified]
    if (faults.length === 0) return { check: {}, ...done }
    const fault = faults.map(({ message }) => message).join('; ')
    const remedy = [...new Set(faults.map((each) => each.remedy))].join(' ')
    return { check: { fault, remedy }, ...done }
  } catch (error) {
    if (error instanceof Loss) {
      const { comparison } = error
      const { marketplaceFile, target } = config
      const changed = comparison.changes.map(({ subject }) =>
        subject.kind === 'slot' ? (marketplaceFile ?? target) : target,
      )
      const different = files.filter((file) => changed.includes(file))
      const faults = [
        ...[mismatch(different), error.message],
        ...withoutPending(snapshot, config, error.unverified).map(describeUnverified),
      ]
      const fault = `${different.join(', ')}: ${faults.join('; ')}`
      const captured = [config.snapshot, recordingFile(config.snapshot)]
      const isCaptured = await isModified(folder, captured)
      const isEdited = await isModified(folder, different)
      const modified = isCaptured ? [...(isEdited ? different : []), ...captured] : different
      const restore = await checkoutCommand(folder, modified)
      const cause = isCaptured ? (isEdited ? 'your changes' : 'the capture') : 'your edits'
      const undo = restore ? ` with ${restore}` : '.'
      const remedy = `Run ${command} --allow-regression, or undo ${cause}${undo}`
      return { check: { fault, remedy }, comparison }
    }
    const isFault = error instanceof UserError && !(error instanceof LaterVersionError)
    if (!isFault || isMissing(error)) throw error
    const { message, remedy } = await withFileRemedy(error, folder)
    return { check: { fault: message, remedy } }
  }
}

function withoutPending(
  snapshot: Snapshot,
  config: StreamConfig,
  unverified: readonly UnverifiedImages[],
): UnverifiedImages[] {
  return unverified.filter(
    ({ cloud, architecture, layout }) =>
      architecture || layout || !isPending(snapshot, config, cloud),
  )
}

/** @param command that regenerates the files */
export function unverifiedFaults(
  snapshot: Snapshot,
  config: StreamConfig,
  all: readonly UnverifiedImages[],
  command: string,
): Fault[] {
  return withoutPending(snapshot, config, all).map((images) => {
    const { cloud, architecture, layout } = images
    const { target, marketplaceFile = target, clouds } = config
    const message = `${layout ? target : marketplaceFile}: ${describeUnverified(images)}`
    if (clouds === undefined) {
      const remedy = layout
        ? 'Remove them from the file.'
        : `Capture ${config.snapshot} for them, or remove them from the file.`
      return { message, remedy }
    }
    const remedy =
      clouds.includes(cloud) && !architecture && !layout
        ? `Query ${cloud} with stream-snapshot update.`
        : `Remove them with ${command} --allow-regression.`
    return { message, remedy }
  })
}

function isMissing(error: UserError): boolean {
  return (error.cause as { readonly code?: unknown } | undefined)?.code === 'ENOENT'
}

function regenerateCommand(config: StreamConfig): string {
  const { snapshot, target, marketplaceFile, layouts = [], require } = config
  return [
    `stream-snapshot regenerate ${shellWords([snapshot])}`,
    ...(target === undefined ? [] : [`--target ${shellWords([target])}`]),
    ...(marketplaceFile === undefined
      ? []
      : [`--marketplace-file ${shellWords([marketplaceFile])}`]),
    ...layouts.map((layout) => `--layout ${layout}`),
    ...(require === 'any' ? [] : [`--require ${require}`]),
  ].join(' ')
}
