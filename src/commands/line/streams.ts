import { existsSync } from 'node:fs'
import { WORKSPACE_FILE, type WorkspaceStream } from '../../core/workspace/workspace.ts'
import { CheckFailure } from '../../errors.ts'
import { findUpwards } from '../../files/upwards.ts'
import { type Command, terminalOf } from '../command.ts'
import { openWorkspace } from '../workspace.ts'

type Values = Readonly<Record<string, unknown>>

/**
 * Runs a command: of a workspace's stream where its name stands in the place of a file; of each
 * stream that has images where no file is named at all.
 *
 * @throws CheckFailure for all streams of which a check found something
 */
export async function runOnStreams(command: Command, values: Values): Promise<void> {
  const { forStream } = command
  const [place = '', ...others] = Object.keys(command.positionals)
  const named = values[place]
  const isOfFiles =
    others.some((name) => values[name] !== undefined) ||
    (typeof named === 'string' && existsSync(named)) ||
    findUpwards(WORKSPACE_FILE, process.cwd()) === undefined
  if (!forStream || isOfFiles) return command.run(values)
  const { streams } = await openWorkspace()
  const valuesFor = async (stream: WorkspaceStream) => {
    const given = Object.entries(values).filter(
      ([name, value]) => value !== undefined && name !== place,
    )
    return { ...values, ...(await forStream(stream)), ...Object.fromEntries(given) }
  }
  if (named !== undefined) {
    const stream = streams.get(String(named))
    return command.run(stream === undefined ? values : await valuesFor(stream))
  }
  const all = [...streams].filter(([, { layouts }]) => !layouts?.includes('none'))
  if (command.runTogether && all.length > 1) {
    const each = all.map(async ([name, stream]) => [name, await valuesFor(stream)] as const)
    return command.runTogether(new Map(await Promise.all(each)))
  }
  const runs = all.map(([name, stream]) => ({
    name,
    run: async () => command.run(await valuesFor(stream)),
  }))
  await runEach(runs, values)
}

interface Run {
  /** The stream's. */
  readonly name: string
  run(): Promise<void>
}

/** Runs each, its stream's name before what is printed of it, unless that is for programs. */
async function runEach(runs: readonly Run[], { output, format = output }: Values): Promise<void> {
  const [only] = runs
  if (only !== undefined && runs.length === 1) return only.run()
  const failures: CheckFailure[] = []
  for (const { name, run } of runs) {
    if (!['json', 'csv', 'tsv'].includes(String(format))) {
      terminalOf({}).data(format === 'markdown' ? `## ${name}\n\n` : `${name}:\n`)
    }
    try {
      await run()
    } catch (error) {
      if (!(error instanceof CheckFailure)) throw error
      failures.push(
        new CheckFailure(`${name}: ${error.message}`, error.remedy, { lines: error.lines }),
      )
    }
  }
  const [first] = failures
  if (first === undefined) return
  throw new CheckFailure(
    `${failures.length} of ${runs.length} streams: a check failed`,
    first.remedy,
    {
      lines: failures.flatMap(({ message, lines = [] }) => [
        message,
        ...lines.map((line) => `  ${line}`),
      ]),
    },
  )
}
