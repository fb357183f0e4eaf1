import type { Check } from '../capture/verify.ts'
import { CheckFailure, InputError } from '../errors.ts'
import { counted } from '../printable.ts'
import { changesJson, printJson } from '../show/json.ts'
import { type Verification, verifyStream } from '../workflows/verify.ts'
import { findOwner } from '../workflows/workspace.ts'
import { command } from './command.ts'
import { format, text, texts } from './option.ts'
import { printPending } from './results.ts'
import { TARGET_OPTIONS, targetFlags } from './stream-options.ts'

export const verifyCommand = command({
  name: 'verify',
  group: 'Single files',
  describe: 'Verify snapshots, their recordings and streams, offline',
  usage: 'SNAPSHOT ...',
  positionals: {
    SNAPSHOT: texts('Snapshot or stream name', { isNeeded: true }),
  },
  takesSnapshots: true,
  options: {
    target: text('Compare this stream with the snapshot'),
    ...TARGET_OPTIONS,
    output: format(['text', 'json'], 'text'),
  },
  examples: [
    ['verify snapshots/*.json', 'all snapshots'],
    [
      'verify snapshots/rhcos-4.18.json --target rhcos.json',
      'a snapshot and the stream that is generated from it',
    ],
  ],

  async run({ SNAPSHOT, output, ...args }, context) {
    const { folder, terminal } = context
    const files = SNAPSHOT.filter((file) => !file.endsWith('.recording.json'))
    if (files.length === 0) {
      throw new InputError(
        `${SNAPSHOT.join(', ')}: expected a snapshot, found only recordings`,
        'Use the snapshot: the file without .recording in its name.',
      )
    }
    const results: Verification[] = []
    const flags = targetFlags(args)
    const unused = flags.layouts ? '--layout' : flags.require && '--require'
    if (unused && flags.target === undefined && flags.marketplaceFile === undefined) {
      throw new InputError(`${unused} requires --target`, 'Specify the stream with --target.')
    }
    const hasFiles = flags.layouts !== undefined || flags.marketplaceFile !== undefined
    const owner = flags.target && !hasFiles ? await findOwner(folder, flags.target) : undefined
    for (const file of files) {
      const isOwn = folder.resolve(owner?.config.snapshot ?? '') === folder.resolve(file)
      const own = isOwn ? owner : undefined
      const config = { require: 'any', ...own?.config, ...flags, snapshot: file } as const
      const command = own && `stream-snapshot regenerate ${own.name}`
      const result = await verifyStream(config, context, command)
      results.push(result)
      if (output === 'json') continue
      for (const check of result.checks) terminal.line(`${file}: ${printCheck(check, file)}`)
      printPending(result, terminal)
    }
    if (output === 'json') {
      const value = results.map(({ file, checks, comparison }) => ({
        snapshot: file,
        checks,
        ...(comparison && { changes: changesJson(comparison.changes) }),
      }))
      terminal.data(printJson(value))
    }
    refuseFaults(results)
    terminal.say(`${counted(results.length, 'snapshot')}: all checks passed`)
    terminal.say(
      'This proves that each snapshot follows from its recording. It does not prove that a cloud sent these responses; capture --check proves that.',
    )
  },
})

function refuseFaults(results: readonly Verification[]): void {
  const failures = results
    .map(({ checks }) => checks.filter(({ fault }) => fault !== undefined))
    .filter(({ length }) => length > 0)
  if (failures.length === 0) return
  // A secret is the most urgent; otherwise later checks depend on the first.
  const remedies = failures.map(
    (failed) => (failed.find(({ name }) => name === 'secrets') ?? failed[0])?.remedy,
  )
  throw new CheckFailure(
    `${failures.flat().length} of ${results.flatMap(({ checks }) => checks).length} checks failed`,
    [...new Set(remedies)].join(' '),
  )
}

/** Without the file name, with which the line begins. */
function printCheck({ name, fault, skipped }: Check, file: string): string {
  if (skipped) return `${name}: not checked`
  const prefix = `${file}: `
  const text = fault?.startsWith(prefix) ? fault.slice(prefix.length) : fault
  return text === undefined ? `${name}: ok` : `${name}: FAILED: ${text}`
}
