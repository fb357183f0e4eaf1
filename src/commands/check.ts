import { getReleases } from '../core/stream/stream.ts'
import { CheckFailure, errorLines } from '../errors.ts'
import { counted } from '../printable.ts'
import { type CheckedStream, checkWorkspace, getFaults } from '../workflows/check.ts'
import { command } from './command.ts'
import type { Terminal } from './line/terminal.ts'
import { texts } from './option.ts'
import { printPending } from './results.ts'

export const checkCommand = command({
  name: 'check',
  group: 'Repository',
  describe: 'Verify snapshots and their stream files, offline',
  takesStreams: true,
  positionals: { STREAM: texts('Stream name (default: all streams)') },
  options: {},
  examples: [
    ['check', 'all streams, for example in CI'],
    ['check rhel-9', 'one stream'],
  ],

  async run({ STREAM: names }, context) {
    const result = await checkWorkspace(context, names, (checked) =>
      printStream(checked, context.terminal),
    )
    const faults = getFaults(result)
    if (faults.length === 0) return
    const message = `${result.file}: ${counted(faults.length, 'check')} failed`
    throw new CheckFailure(message, undefined, { lines: errorLines(faults) })
  },
})

/** One line, and the difference between the files and the generated files. */
function printStream(checked: CheckedStream, terminal: Terminal): void {
  const { name, faults, verification } = checked
  if (faults.length === 0) {
    terminal.line(`${name}: ${describeStream(checked)}`)
    for (const note of verification?.regeneration?.result.notes ?? []) {
      if (note.startsWith('kept:')) terminal.say(`${name}: ${note}`)
    }
    return
  }
  terminal.line(`${name}: FAILED`)
  if (verification) printPending(verification, terminal)
}

function describeStream({ config, verification }: CheckedStream): string {
  if (verification?.snapshot === undefined) return 'no builds and no clouds, nothing to check'
  const { snapshot, regeneration } = verification
  const stream = regeneration?.result.stream
  const releases = stream ? [...new Set(getReleases(stream).values())].join(' and ') : ''
  const images = Object.entries(snapshot.images).map(([cloud, { length }]) =>
    counted(length, `${cloud} image`),
  )
  const pending = (config.clouds ?? []).map((cloud) => `${cloud} not queried`)
  const queried = images.length > 0 ? images : pending.length > 0 ? pending : ['no clouds']
  const isUncaptured = Object.keys(snapshot.builds).length === 0
  return isUncaptured && releases !== ''
    ? `${['ok', ...queried].join(', ')}; builds of the target not verified, as they are not in the snapshot`
    : ['ok', releases || 'no release', ...queried].join(', ')
}
