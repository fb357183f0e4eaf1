import { CheckFailure, UserError } from '../errors.ts'
import { readInput, readTogether } from '../files/read.ts'
import { recordingFile } from '../snapshot/files.ts'
import { readSnapshot } from '../snapshot/read.ts'
import { type Check, verifySnapshot } from '../verify/verify.ts'
import type { Command } from './index.ts'
import { type CommonArgs, once, terminalOf } from './options.ts'
import { regenerateTexts } from './regenerate.ts'

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
      .example('$0 verify snapshots/*.json', 'in CI'),

  async run(args) {
    const terminal = terminalOf(args)
    const snapshots = args.SNAPSHOT.filter((file) => !file.endsWith('.recording.json'))
    const results: { snapshot: string; checks: Check[] }[] = []
    for (const file of snapshots) {
      const checks = await verifyFile(file)
      if (args.target !== undefined) checks.push(await checkTarget(file, args.target))
      results.push({ snapshot: file, checks })
      if (args.json) continue
      for (const check of checks) terminal.data(`${file}: ${printCheck(check)}\n`)
    }
    if (args.json) terminal.data(`${JSON.stringify(results, undefined, 2)}\n`)
    const broken = results.filter(({ checks }) => checks.some(({ fault }) => fault !== undefined))
    if (broken.length > 0) {
      throw new CheckFailure(
        `${broken.map(({ snapshot }) => snapshot).join(', ')}: not as captured`,
      )
    }
  },
}

async function verifyFile(file: string): Promise<Check[]> {
  const recording = recordingFile(file)
  const [text, recordingText] = await readTogether(file, recording)
  return verifySnapshot({ file, text, recordingFile: recording, recordingText })
}

/** What `regenerate --check` says with the defaults. */
async function checkTarget(file: string, target: string): Promise<Check> {
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

function printCheck({ name, fault, skipped }: Check): string {
  if (skipped) return `${name}: not checked`
  return fault === undefined ? `${name}: ok` : `${name}: FAILED: ${fault}`
}
