import { nearest } from '../../core/workspace/nearest.ts'
import { type StreamConfig, WORKSPACE_FILE } from '../../core/workspace/workspace.ts'
import { CheckFailure, errorLines, InputError, type UserError } from '../../errors.ts'
import { STDIN } from '../../files/folder.ts'
import { printJson } from '../../show/json.ts'
import { withFileRemedy } from '../../workflows/remedies.ts'
import { openWorkspace } from '../../workflows/workspace.ts'
import { type Command, type Context, type ExitCode, readArgs } from '../command.ts'
import type { Words } from '../option.ts'

type Streams = ReadonlyMap<string, StreamConfig>

/**
 * Runs a command. For a command that takes a snapshot, a stream name is replaced by its snapshot.
 * Without a file and a name, the command runs for each stream that has images.
 *
 * @throws CheckFailure that names all streams for which a check failed
 */
export async function runOnStreams(
  command: Command,
  words: Words,
  context: Context,
): Promise<ExitCode> {
  const { folder } = context
  const [place = ''] = Object.keys(command.positionals)
  const given = words[place] ?? []
  const isFile = (word: string) => word === STDIN || folder.exists(word)
  const isWorkspace = folder.findUpwards(WORKSPACE_FILE) !== undefined
  const isList = command.positionals[place]?.isList
  const isComplete = given.length === 0 ? isList : !isWorkspace || given.every(isFile)
  if (!command.takesSnapshots || isComplete) return command.run(words, context)
  const workspace = await openWorkspace(folder)
  const { streams } = workspace
  const own: Context = { ...context, workspace }
  if (given.length === 0) return runAll(command, words, place, streams, own)
  const files = given.map((word) => (isFile(word) ? word : findSnapshot(word, streams)))
  return command.run({ ...words, [place]: files }, own)
}

/** @throws InputError for a mistyped name */
function findSnapshot(word: string, streams: Streams): string {
  const stream = streams.get(word)
  if (stream !== undefined) return stream.snapshot
  const isName = /^[\w.+-]+$/.test(word) && !word.endsWith('.json')
  const suggestion = isName ? nearest(word, [...streams.keys()]) : undefined
  if (suggestion === undefined) return word
  throw new InputError(`${word}: no such file or stream`, `Did you mean ${suggestion}?`)
}

async function runAll(
  command: Command,
  words: Words,
  place: string,
  streams: Streams,
  context: Context,
): Promise<ExitCode> {
  const all = [...streams].filter(([, { layouts }]) => layouts?.length !== 0)
  const [only] = all
  if (only !== undefined && all.length === 1) {
    return command.run({ ...words, [place]: [only[1].snapshot] }, context)
  }
  // An invalid option is reported once.
  readArgs(command.name, command.options, words)
  const { terminal } = context
  const join = JOINED[words.output?.[0] ?? '']
  const outputs = new Map<string, string>()
  const failures: UserError[] = []
  let code: ExitCode = 0
  for (const [name, { snapshot }] of all) {
    outputs.set(name, '')
    let heading = words.output?.[0] === 'markdown' ? `## ${name}\n\n` : `${name}:\n`
    const data = (text: string) => {
      if (join) return outputs.set(name, `${outputs.get(name)}${text}`)
      terminal.data(`${heading}${text}`)
      heading = ''
    }
    try {
      const wanted = { ...words, [place]: [snapshot] }
      const own = { ...terminal, data }
      if ((await command.run(wanted, { ...context, terminal: own })) === 1) code = 1
      data('')
    } catch (error) {
      if (!(error instanceof CheckFailure || error instanceof InputError)) throw error
      const { message, remedy, lines } = await withFileRemedy(error, context.folder)
      const Kind = error instanceof InputError ? InputError : CheckFailure
      failures.push(new Kind(`${name}: ${message}`, remedy, { lines, cause: error }))
    }
  }
  if (join) terminal.data(join(outputs))
  const [first, ...others] = failures
  if (first === undefined) return code
  const Kind = failures.some((each) => each instanceof InputError) ? InputError : CheckFailure
  if (Kind === InputError && others.length === 0) throw first
  const isOneRemedy = others.every(({ remedy }) => remedy === first.remedy)
  throw new Kind(
    `${Kind === InputError ? 'failed' : 'a check failed'} for ${failures.length} of ${all.length} streams`,
    isOneRemedy ? first.remedy : undefined,
    { lines: errorLines(failures, !isOneRemedy) },
  )
}

/** Joins the output of several streams in formats without headings. */
const JOINED: Readonly<Record<string, (outputs: ReadonlyMap<string, string>) => string>> = {
  json(outputs) {
    const entries = [...outputs].map(([name, text]) => [name, JSON.parse(text || 'null')])
    return printJson(Object.fromEntries(entries))
  },
  tsv: (outputs) =>
    [...outputs].map(([name, text]) => text.replace(/^(?=.)/gm, `${name}\t`)).join(''),
}
