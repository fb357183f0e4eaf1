import type { StreamConfig } from '../../core/workspace/stream-config.ts'
import { WORKSPACE_FILE } from '../../core/workspace/workspace.ts'
import { CheckFailure } from '../../errors.ts'
import { openWorkspace } from '../../workflows/workspace.ts'
import type { Command, Context, ExitCode } from '../command.ts'

type Values = Readonly<Record<string, unknown>>

/**
 * Runs a command: of a workspace's stream where its name stands in the place of a file; of each
 * stream that has images where no file is named at all.
 *
 * @throws CheckFailure for all streams of which a check found something
 */
export async function runOnStreams(
  command: Command,
  values: Values,
  context: Context,
): Promise<ExitCode | void> {
  const { folder } = context
  const { forStream } = command
  const [place = '', ...others] = Object.keys(command.positionals)
  const named = values[place]
  const isOfFiles =
    others.some((name) => values[name] !== undefined) ||
    (typeof named === 'string' && folder.exists(named)) ||
    folder.findUpwards(WORKSPACE_FILE) === undefined
  if (!forStream || isOfFiles) return command.run(values, context)
  const { streams } = await openWorkspace(folder)
  const valuesFor = async (stream: StreamConfig) => {
    const given = Object.entries(values).filter(
      ([name, value]) => value !== undefined && name !== place,
    )
    return { ...values, ...(await forStream(stream)), ...Object.fromEntries(given) }
  }
  if (named !== undefined) {
    const stream = streams.get(String(named))
    return command.run(stream === undefined ? values : await valuesFor(stream), context)
  }
  const all = [...streams].filter(([, { layouts }]) => layouts?.length !== 0)
  if (command.runTogether && all.length > 1) {
    const each = all.map(async ([name, stream]) => [name, await valuesFor(stream)] as const)
    return command.runTogether(new Map(await Promise.all(each)), context)
  }
  const runs = all.map(([name, stream]) => ({
    name,
    run: async () => command.run(await valuesFor(stream), context),
  }))
  return runEach(runs, values, context)
}

interface Run {
  /** The stream's. */
  readonly name: string
  run(): Promise<ExitCode | void>
}

/** Runs each, its stream's name before what is printed of it, unless that is for programs. */
async function runEach(
  runs: readonly Run[],
  { output, format = output }: Values,
  { terminal }: Context,
): Promise<ExitCode | void> {
  let code: ExitCode = 0
  const [only] = runs
  if (only !== undefined && runs.length === 1) return only.run()
  const failures: CheckFailure[] = []
  for (const { name, run } of runs) {
    if (!['json', 'csv', 'tsv'].includes(String(format))) {
      terminal.data(format === 'markdown' ? `## ${name}\n\n` : `${name}:\n`)
    }
    try {
      if ((await run()) === 1) code = 1
    } catch (error) {
      if (!(error instanceof CheckFailure)) throw error
      failures.push(
        new CheckFailure(`${name}: ${error.message}`, error.remedy, { lines: error.lines }),
      )
    }
  }
  const [first] = failures
  if (first === undefined) return code
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
