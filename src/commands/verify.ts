import type { StreamConfig } from '../core/workspace/stream-config.ts'
import { CheckFailure, InputError, UserError } from '../errors.ts'
import type { Folder } from '../files/folder.ts'
import { type Check, recordingFile, verifySnapshot } from '../index.ts'
import { counted } from '../printable.ts'
import { unaskedImages } from '../show/asked.ts'
import { regenerateStream } from '../workflows/regenerate.ts'
import { command } from './command.ts'
import { flag, text, texts } from './option.ts'
import { TARGET_OPTIONS, targetFlags } from './regenerate-options.ts'

export const verifyCommand = command({
  name: 'verify',
  describe: 'Check that snapshots are whole, reproducible and without secrets',
  positionals: {
    SNAPSHOT: texts('Snapshots; each has its recording beside it', { demandOption: true }),
  },
  options: {
    target: text('Check too that this stream is what the snapshot gives'),
    ...TARGET_OPTIONS,
    json: flag('Print the checks as JSON'),
  },
  examples: [
    ['verify snapshots/*.json', 'in CI'],
    ['verify snapshots/rhcos-4.18.json --target rhcos.json', 'the stream as well'],
  ],

  async run(args, { folder, terminal }) {
    const snapshots = args.SNAPSHOT.filter((file) => !file.endsWith('.recording.json'))
    if (snapshots.length === 0) {
      throw new InputError(
        `${args.SNAPSHOT.join(', ')}: expected a snapshot, found recordings alone`,
      )
    }
    const results: { snapshot: string; checks: Check[] }[] = []
    for (const file of snapshots) {
      const checks = await verifyFile(folder, file)
      if (args.target !== undefined || args['marketplace-file'] !== undefined)
        checks.push(
          await checkTarget(folder, { require: 'any', ...targetFlags(args), snapshot: file }),
        )
      results.push({ snapshot: file, checks })
      if (args.json) continue
      for (const check of checks) terminal.line(`${file}: ${printCheck(check, file)}`)
    }
    if (args.json) terminal.data(`${JSON.stringify(results, undefined, 2)}\n`)
    refuseFaults(results.flatMap(({ checks }) => checks))
    terminal.say(`${counted(results.length, 'snapshot')}: every check holds`)
    terminal.say(
      'Each follows from its recording; that a cloud ever answered so is not proven: capture --check asks again.',
    )
  },
})

function refuseFaults(checks: readonly Check[]): void {
  const failed = checks.filter(({ fault }) => fault !== undefined)
  if (failed.length === 0) return
  const message = `${failed.length} of ${checks.length} checks failed`
  if (failed.some(({ name }) => name === 'secrets')) {
    throw new CheckFailure(message, 'Do not push it; revoke what was found, and capture anew.')
  }
  throw new CheckFailure(
    message,
    failed.every(({ name }) => name === 'target')
      ? (failed[0]?.remedy ??
          'regenerate with the same --target, --layout and --marketplace-file updates it, or says what it would lose.')
      : 'Restore snapshot and recording from git, or capture them anew.',
  )
}

/** Checks a snapshot and the recording beside it. */
export async function verifyFile(folder: Folder, file: string): Promise<Check[]> {
  const recording = recordingFile(file)
  const [text, recordingText] = await folder.readTogether(file, recording)
  return verifySnapshot({ file, text, recordingFile: recording, recordingText })
}

/**
 * What `regenerate --check` says with the same options, and that every marketplace image of the
 * target is of a cloud that the snapshot asked.
 */
export async function checkTarget(folder: Folder, config: StreamConfig): Promise<Check> {
  const { snapshot: file, target, marketplaceFile } = config
  for (const each of [target, marketplaceFile]) if (each !== undefined) await folder.read(each)
  try {
    const { snapshot, result, writes } = await regenerateStream(
      config,
      { mustExist: true, dryRun: true },
      { folder },
    )
    if (writes.length > 0) {
      const names = writes.map((each) => each.file).join(', ')
      return { name: 'target', fault: `${names}: not what the snapshot gives` }
    }
    const foreign = unaskedImages(result, snapshot)
    return foreign === ''
      ? { name: 'target' }
      : {
          name: 'target',
          fault: `${marketplaceFile ?? target}: has ${foreign} that the snapshot did not ask`,
          remedy: `Capture ${file} with their --cloud, or take them out of the target.`,
        }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return { name: 'target', fault: error.message }
  }
}

/** The file's name stands before the check already. */
function printCheck({ name, fault, skipped }: Check, file: string): string {
  if (skipped) return `${name}: not checked`
  const prefix = `${file}: `
  const told = fault?.startsWith(prefix) ? fault.slice(prefix.length) : fault
  return told === undefined ? `${name}: ok` : `${name}: FAILED: ${told}`
}
