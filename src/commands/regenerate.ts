import { CheckFailure, InputError } from '../errors.ts'
import { STDIN } from '../files/folder.ts'
import { printJson } from '../show/json.ts'
import { regeneratedJson } from '../show/regenerate.ts'
import {
  type NamedRegeneration,
  regenerateStream,
  regenerateStreams,
} from '../workflows/regenerate.ts'
import { findWorkspace, namedStreams, openWorkspace } from '../workflows/workspace.ts'
import { type Context, command } from './command.ts'
import { type ArgsOf, format, PREVIEW_OPTIONS, texts } from './option.ts'
import { describeRefusal, indented, isDryRun, printRegeneration } from './results.ts'
import { REGENERATE_OPTIONS, regenerateOptions, targetFlags } from './stream-options.ts'

const positionals = { STREAM: texts('Snapshot or stream name (default: all streams)') }
const options = {
  ...REGENERATE_OPTIONS,
  ...PREVIEW_OPTIONS,
  output: format(['text', 'json'], 'text'),
}
type Args = ArgsOf<typeof positionals> & ArgsOf<typeof options>

export const regenerateCommand = command({
  name: 'regenerate',
  group: 'Repository',
  describe: 'Generate streams from their snapshots, offline',
  usage: '[SNAPSHOT | STREAM ...]',
  takesStreams: true,
  positionals,
  options,
  examples: [
    ['regenerate', 'every file of the workspace'],
    ['regenerate rhel-9 rhel-10 --check', 'compare two streams, for example in CI'],
    ['regenerate snapshots/rhcos-4.18.json --target rhcos.json', 'update a stream in place'],
  ],

  async run(args, context) {
    const { folder, terminal } = context
    const [snapshot = ''] = args.STREAM
    // The name of a stream has no slash.
    const isPath = /[\\/].*\.json$/.test(snapshot)
    const { streams } = (isPath ? undefined : await findWorkspace(folder)) ?? {}
    const isFile = snapshot === STDIN || snapshot.endsWith('.json') || folder.exists(snapshot)
    const isName = streams?.has(snapshot) || (streams && !isFile)
    const isSnapshot = snapshot !== '' && !isName
    const results = await (isSnapshot ? fromSnapshot : fromWorkspace)(args, context).catch(
      (error) => {
        throw describeRefusal(error, terminal, args)
      },
    )
    if (args.output === 'json') {
      const entries = results.flatMap(({ name, regeneration }) =>
        regeneration ? [[name, regeneratedJson(regeneration.result)] as const] : [],
      )
      const value = isSnapshot ? entries[0]?.[1] : Object.fromEntries(entries)
      terminal.data(printJson(value))
    }
    for (const { name, regeneration } of results) {
      const own = isSnapshot ? terminal : indented(name, terminal)
      if (regeneration === undefined) {
        if (!isDryRun(args)) own.say('no builds and no clouds, nothing to regenerate')
        continue
      }
      printRegeneration(regeneration, own, args)
      if (isDryRun(args)) continue
      if (isSnapshot && args.target === undefined) {
        terminal.file(regeneration.result.stream.print())
      }
      for (const { file, before, text } of regeneration.files) {
        const outcome = before === text ? 'unchanged' : before === undefined ? 'created' : 'updated'
        own.say(`${file}: ${outcome}`)
      }
    }
    const writes = results.flatMap(({ regeneration }) => regeneration?.writes ?? [])
    if (!isDryRun(args) || writes.length === 0) return
    const faults = writes.map(
      ({ file, before }) =>
        `${file}: ${before === undefined ? 'no such file' : 'does not match the snapshot'}`,
    )
    const message = faults.join('; ')
    if (!args.check) return terminal.say(message)
    throw new CheckFailure(message, 'Update with the same command without --check.')
  },
})

async function fromSnapshot(args: Args, context: Context): Promise<NamedRegeneration[]> {
  const [snapshot = '', other] = args.STREAM
  const config = { require: 'any', ...targetFlags(args), snapshot } as const
  const remedy = 'Specify the stream with --target FILE.'
  if (other !== undefined) {
    throw new InputError(
      `unexpected argument: ${other}`,
      'Specify one snapshot, and the stream to update with --target FILE.',
    )
  }
  if (isDryRun(args) && config.target === undefined && config.marketplaceFile === undefined) {
    throw new InputError(`--${args.check ? 'check' : 'dry-run'}: nothing to compare with`, remedy)
  }
  if (args.output === 'json' && config.target === undefined) {
    throw new InputError('--output json: without --target the stream is printed', remedy)
  }
  const regeneration = await regenerateStream(config, regenerateOptions(args), context)
  return [{ name: '', regeneration }]
}

async function fromWorkspace(args: Args, context: Context): Promise<readonly NamedRegeneration[]> {
  const opened = await openWorkspace(context.folder)
  const { require, ...files } = targetFlags(args)
  if (Object.keys(files).length > 0) {
    throw new InputError(
      `--target, --marketplace-file and --layout: set in ${opened.file} for streams of the workspace`,
      'Use the snapshot instead: stream-snapshot regenerate SNAPSHOT --target FILE',
    )
  }
  const configs = namedStreams(opened, args.STREAM).map(
    ([name, config]) =>
      [name, { ...config, ...(require && { require, origin: undefined }) }] as const,
  )
  return (await regenerateStreams(configs, regenerateOptions(args), context)).streams
}
