import { readInput, readTogether } from '../disk/read.ts'
import { CheckFailure, InputError, UserError } from '../errors.ts'
import { type Check, readSnapshot, recordingFile, verifySnapshot } from '../index.ts'
import type { Command } from './command.ts'
import { type CommonArgs, once, terminalOf } from './options.ts'
import { regenerateTexts } from './regeneration.ts'

export interface VerifyArgs extends CommonArgs {
  readonly SNAPSHOT: readonly string[]
  readonly target?: string | undefined
  readonly json?: boolean | undefined
}

export const verifyCommand: Command<VerifyArgs> = {
  builder: (argv) =>
    argv
      .positional('SNAPSHOT', {
        type: 'string',
        array: true,
        demandOption: true,
        describe: 'Snapshots; each has its recording beside it',
      })
      .option('target', {
        type: 'string',
        describe: 'Check too that this stream is what the snapshot gives',
        coerce: once('target'),
      })
      .option('json', { type: 'boolean', describe: 'Print the checks as JSON' })
      .example('$0 verify snapshots/*.json  # in CI', '')
      .example('$0 verify snapshots/rhcos-4.18.json --target rhcos.json  # the stream as well', ''),

  async run(args) {
    const terminal = terminalOf(args)
    const snapshots = args.SNAPSHOT.filter((file) => !file.endsWith('.recording.json'))
    if (snapshots.length === 0) {
      throw new InputError(
        `${args.SNAPSHOT.join(', ')}: expected a snapshot, found recordings alone`,
      )
    }
    const results: { snapshot: string; checks: Check[] }[] = []
    for (const file of snapshots) {
      const checks = await verifyFile(file)
      if (args.target !== undefined) checks.push(await checkTarget(file, args.target))
      results.push({ snapshot: file, checks })
      if (args.json) continue
      for (const check of checks) terminal.data(`${file}: ${printCheck(check, file)}\n`)
    }
    if (args.json) terminal.data(`${JSON.stringify(results, undefined, 2)}\n`)
    refuseFaults(results.flatMap(({ checks }) => checks))
    terminal.say(`${results.length} snapshot${results.length === 1 ? '' : 's'}: every check holds`)
  },
}

function refuseFaults(checks: readonly Check[]): void {
  const failed = checks.filter(({ fault }) => fault !== undefined)
  const [first] = failed
  if (first === undefined) return
  throw new CheckFailure(
    `${failed.length} of ${checks.length} checks failed`,
    failed.every(({ name }) => name === first.name) ? REMEDIES[first.name] : REMEDIES.integrity,
  )
}

const AS_CAPTURED = 'Restore snapshot and recording from git, or capture them anew.'

/** What to do about a check that failed. */
const REMEDIES: Readonly<Record<Check['name'], string>> = {
  schema: AS_CAPTURED,
  integrity: AS_CAPTURED,
  form: AS_CAPTURED,
  recording: AS_CAPTURED,
  replay: AS_CAPTURED,
  secrets: 'Do not push it; revoke what was found, and capture anew.',
  target: 'Run regenerate with that --target to update it.',
}

async function verifyFile(file: string): Promise<Check[]> {
  const recording = recordingFile(file)
  const [text, recordingText] = await readTogether(file, recording)
  return verifySnapshot({ file, text, recordingFile: recording, recordingText })
}

/** What `regenerate --check` says with the defaults. */
async function checkTarget(file: string, target: string): Promise<Check> {
  await readInput(target)
  try {
    const snapshot = readSnapshot(await readInput(file), file)
    const options = { target, layout: [], require: 'any' } as const
    const { files } = await regenerateTexts(snapshot, options)
    return files.every(({ before, text }) => before === text)
      ? { name: 'target' }
      : { name: 'target', fault: `${target}: not what the snapshot gives` }
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
