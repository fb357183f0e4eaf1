import { nearest } from '../../core/workspace/nearest.ts'
import type { StreamConfig } from '../../core/workspace/stream-config.ts'
import { WORKSPACE_FILE } from '../../core/workspace/workspace.ts'
import { CheckFailure, InputError } from '../../errors.ts'
import { STDIN } from '../../files/folder.ts'
import { openWorkspace } from '../../workflows/workspace.ts'
import { type Command, type Context, type ExitCode, helpRemedy } from '../command.ts'
import { collectOutput } from './collect.ts'

type Values = Readonly<Record<string, unknown>>
type Streams = ReadonlyMap<string, StreamConfig>

/**
 * Runs a command. The name of a stream stands for its files, and without a file or a name the command
 * runs for each stream that has images.
 *
 * @throws CheckFailure for all streams for which a check failed
 */
export async function runOnStreams(
  command: Command,
  values: Values,
  context: Context,
): Promise<ExitCode | void> {
  const { forStream, positionals } = command
  const [place = '', ...others] = Object.keys(positionals)
  const isWorkspace = context.folder.findUpwards(WORKSPACE_FILE) !== undefined
  const given = values[place]
  const isEmpty = Array.isArray(given) && given.length === 0
  if (!forStream || !isWorkspace || isEmpty) {
    expectArguments(command, values)
    return command.run(values, context)
  }
  if (Array.isArray(given)) {
    const words = await Promise.all(given.map((word) => fileFor(String(word), command, context)))
    return command.run({ ...values, [place]: words }, context)
  }
  if (others.some((name) => values[name] !== undefined) || isFile(given, context)) {
    return command.run(values, context)
  }
  const { streams } = await openWorkspace(context.folder)
  if (given === undefined) return runAll(command, values, streams, context)
  const stream = findStream(String(given), streams)
  return command.run(stream ? await valuesFor(stream, command, values) : values, context)
}

/** @throws InputError for a positional that only a workspace could stand for */
function expectArguments(command: Command, values: Values): void {
  for (const [place, { yargs }] of Object.entries(command.positionals)) {
    const value = values[place]
    const isMissing = value === undefined || (Array.isArray(value) && value.length === 0)
    if (!yargs.demandOption || !isMissing) continue
    throw new InputError(
      `missing argument: ${place}`,
      `${helpRemedy(command.name)} Without arguments it needs a ${WORKSPACE_FILE}.`,
    )
  }
}

function isFile(given: unknown, { folder }: Context): boolean {
  return given === STDIN || (typeof given === 'string' && folder.exists(given))
}

/** Undefined for a word that is no name. @throws InputError for a mistyped name */
function findStream(word: string, streams: Streams): StreamConfig | undefined {
  const stream = streams.get(word)
  const meant = stream || !/^[\w.+-]+$/.test(word) ? undefined : nearest(word, [...streams.keys()])
  if (meant === undefined || /\.json$/.test(word)) return stream
  throw new InputError(`${word}: no such file or stream; did you mean ${meant}?`)
}

/** What a stream stands for, without what the command line has. */
async function valuesFor(
  stream: StreamConfig,
  { forStream, positionals }: Command,
  values: Values,
): Promise<Values> {
  const [place] = Object.keys(positionals)
  const given = Object.entries(values).filter(
    ([name, value]) => value !== undefined && name !== place,
  )
  return { ...values, ...(await forStream?.(stream)), ...Object.fromEntries(given) }
}

/** The file that a word is or, as a name of a stream, stands for. */
async function fileFor(word: string, command: Command, context: Context): Promise<unknown> {
  if (isFile(word, context)) return word
  const { streams } = await openWorkspace(context.folder)
  const stream = findStream(word, streams)
  const [place = ''] = Object.keys(command.positionals)
  return stream ? (await valuesFor(stream, command, {}))[place] : word
}

async function runAll(
  command: Command,
  values: Values,
  streams: Streams,
  context: Context,
): Promise<ExitCode | void> {
  const all = [...streams].filter(([, { layouts }]) => layouts?.length !== 0)
  const runs = await Promise.all(
    all.map(async ([name, stream]) => [name, await valuesFor(stream, command, values)] as const),
  )
  const [only] = runs
  if (only !== undefined && runs.length === 1) return command.run(only[1], context)
  const output = collectOutput(String(values.output ?? ''), context.terminal)
  const failures: CheckFailure[] = []
  let code: ExitCode = 0
  for (const [name, each] of runs) {
    try {
      const terminal = output.start(name)
      if ((await command.run(each, { ...context, terminal })) === 1) code = 1
    } catch (error) {
      if (!(error instanceof CheckFailure)) throw error
      failures.push(withName(name, error))
    }
  }
  output.finish()
  if (failures.length > 0) throw together(failures, runs.length)
  return code
}

function withName(name: string, { message, remedy, lines }: CheckFailure): CheckFailure {
  return new CheckFailure(`${name}: ${message}`, remedy, { lines })
}

function together(failures: readonly CheckFailure[], count: number): CheckFailure {
  const lines = failures.flatMap(({ message, lines: own = [] }) => [
    message,
    ...own.map((line) => `  ${line}`),
  ])
  return new CheckFailure(
    `a check failed for ${failures.length} of ${count} streams`,
    failures[0]?.remedy,
    { lines },
  )
}
