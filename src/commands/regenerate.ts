import type { StreamConfig } from '../core/workspace/stream-config.ts'
import { CheckFailure, InputError } from '../errors.ts'
import { regeneratedJson } from '../show/regenerate.ts'
import {
  type NamedRegeneration,
  type RegenerateOptions,
  type Regeneration,
  regenerateStream,
  regenerateStreams,
} from '../workflows/regenerate.ts'
import {
  findWorkspace,
  namedStreams,
  type OpenedWorkspace,
  openWorkspace,
} from '../workflows/workspace.ts'
import { type Context, command, type ExitCode } from './command.ts'
import type { Terminal } from './line/terminal.ts'
import { texts } from './option.ts'
import { OWN_OPTIONS, REGENERATE_OPTIONS, targetFlags } from './regenerate-options.ts'
import {
  indented,
  printDifference,
  printFiles,
  printRegeneration,
  refusalOfStreams,
  withRefusalLines,
} from './regeneration.ts'

export const regenerateCommand = command({
  name: 'regenerate',
  group: 'Repository',
  describe: 'Generate streams from their snapshots, offline',
  usage: '[SNAPSHOT | STREAM ...]',
  takesStreams: true,
  positionals: {
    STREAMS: texts('Snapshot, or names of streams (default: all)'),
  },
  options: { ...REGENERATE_OPTIONS, ...OWN_OPTIONS },
  examples: [
    ['regenerate', 'every file of the workspace'],
    ['regenerate rhel-9 rhel-10 --check', 'compare two streams, for example in CI'],
    ['regenerate snapshots/rhcos-4.18.json --target rhcos.json', 'update a stream in place'],
  ],

  async run(args, context) {
    const flags = targetFlags(args)
    const options: RegenerateOptions = {
      allowRegression: args['allow-regression'] === true,
      keepLost: args['keep-lost'] === true,
      mustExist: args.check === true || args['dry-run'] === true,
      dryRun: args.check === true || args['dry-run'] === true,
    }
    const [name, ...others] = args.STREAMS
    const workspace = await findWorkspace(context.folder)
    if (name !== undefined && isSnapshot(name, workspace, context)) {
      if (others.length > 0) {
        throw new InputError(
          `unexpected argument: ${others[0]}`,
          'Name the stream to update with --target FILE.',
        )
      }
      return regenerateSnapshot(
        { require: 'any', ...flags, snapshot: name },
        options,
        args,
        context,
      )
    }
    return regenerateWorkspace(args.STREAMS, flags, options, args, context)
  },
})

/** Whether a word is not the name of a stream, be it mistyped. */
function isSnapshot(
  word: string,
  workspace: OpenedWorkspace | undefined,
  { folder }: Pick<Context, 'folder'>,
): boolean {
  if (workspace === undefined) return true
  return !workspace.streams.has(word) && (word.endsWith('.json') || folder.exists(word))
}

interface Args {
  readonly check?: boolean | undefined
  readonly 'dry-run'?: boolean | undefined
  readonly explain?: boolean | undefined
  readonly quiet?: boolean | undefined
  readonly output: 'text' | 'json'
}

async function regenerateSnapshot(
  config: StreamConfig,
  options: RegenerateOptions,
  args: Args,
  { folder, terminal }: Context,
): Promise<ExitCode> {
  const hasFile = config.target !== undefined || config.marketplaceFile !== undefined
  for (const option of options.dryRun ? (['check', 'dry-run'] as const) : []) {
    if (args[option] && !hasFile) {
      throw new InputError(
        `--${option}: nothing to compare with`,
        'Name the stream with --target FILE.',
      )
    }
  }
  if (args.output === 'json' && config.target === undefined) {
    throw new InputError(
      '--output json: without --target the stream is printed',
      'Name the stream with --target FILE.',
    )
  }
  const regeneration = await regenerateStream(config, options, {
    folder,
    onWait: (text) => terminal.say(text),
  }).catch((error) => {
    throw withRefusalLines(error, terminal, { ...args, isDryRun: options.dryRun })
  })
  if (args.output === 'json') terminal.data(json(regeneratedJson(regeneration.result)))
  if (options.dryRun) {
    return finishDryRun([{ name: '', regeneration }], args, terminal)
  }
  printRegeneration(regeneration, terminal, args)
  if (config.target === undefined) terminal.file(regeneration.result.stream.print())
  printFiles(regeneration.files, terminal)
  return 0
}

async function regenerateWorkspace(
  names: readonly string[],
  flags: Partial<StreamConfig>,
  options: RegenerateOptions,
  args: Args,
  { folder, terminal }: Context,
): Promise<ExitCode> {
  const opened = await openWorkspace(folder)
  const { require: required, ...files } = flags
  const [flag] = Object.keys(files)
  if (flag !== undefined) {
    throw new InputError(
      `--${FLAGS[flag as keyof typeof FLAGS]}: the files of a workspace stream are in ${opened.file}`,
      'Name the snapshot instead: stream-snapshot regenerate SNAPSHOT --target FILE',
    )
  }
  const streams = namedStreams(opened, names).map(
    ([name, config]) => [name, { ...config, ...(required && { require: required }) }] as const,
  )
  const results = await regenerateStreams(streams, options, {
    folder,
    onWait: (text) => terminal.say(text),
  }).catch((error) => {
    throw refusalOfStreams(error, terminal, { ...args, isDryRun: options.dryRun })
  })
  if (args.output === 'json') {
    const entries = results.flatMap(({ name, regeneration }) =>
      regeneration ? [[name, regeneratedJson(regeneration.result)] as const] : [],
    )
    terminal.data(json(Object.fromEntries(entries)))
  }
  if (options.dryRun) return finishDryRun(results, args, terminal)
  for (const { name, regeneration } of results) {
    const own = indented(name, terminal)
    if (regeneration === undefined) own.say('no builds and no clouds, nothing to regenerate')
    else {
      printRegeneration(regeneration, own, args)
      printFiles(regeneration.files, own)
    }
  }
  return 0
}

const FLAGS = { target: 'target', marketplaceFile: 'marketplace-file', layouts: 'layout' } as const

/** Prints the changes; with `--check` they are a failure. */
function finishDryRun(
  results: readonly NamedRegeneration[],
  args: Args,
  terminal: Terminal,
): ExitCode {
  for (const { name, regeneration } of results) {
    if (regeneration === undefined) continue
    const own = name === '' ? terminal : indented(name, terminal)
    if (args.output === 'text' && regeneration.writes.length > 0) {
      printDifference({ regeneration, comparison: regeneration.result.comparison }, own)
    }
    printRegeneration(regeneration, own, { ...args, isDryRun: true })
  }
  const files = results.flatMap(({ regeneration }) => (regeneration ? fileNames(regeneration) : []))
  if (files.length === 0) return 0
  const message = `${files.join(', ')}: not what ${results.length > 1 ? 'the snapshots generate' : 'the snapshot generates'}`
  if (args.check) {
    throw new CheckFailure(message, 'Update with the same command without --check.')
  }
  terminal.say(message)
  return 0
}

function fileNames({ writes }: Regeneration): string[] {
  return writes.map(({ file }) => file)
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`
}
