import { type Difference, isEqual } from '../core/changes/streams.ts'
import { nearest } from '../core/workspace/nearest.ts'
import { InputError } from '../errors.ts'
import type { Folder } from '../files/folder.ts'
import { DIFF_FORMATS, type DiffFormat } from '../show/diff.ts'
import { diffBlobs, diffSnapshots, diffWorkspace } from '../workflows/diff.ts'
import { findOwner, findWorkspace, unknownStream } from '../workflows/workspace.ts'
import { type Context, command, type GlobalArgs, helpRemedy } from './command.ts'
import { type ArgsOf, flag, format, text, texts } from './option.ts'

const positionals = {
  A: text('Snapshot, REVISION:PATH or stream (default: all streams)'),
  B: text('Later snapshot or stream; without it, A is compared with HEAD'),
  GIT: texts('Further arguments of git', { isHidden: true }),
}
const options = {
  base: text('Compare with the merge base of REVISION and HEAD'),
  output: format(Object.keys(DIFF_FORMATS) as DiffFormat[], 'text'),
  target: text('Stream to take releases from, if a snapshot has no builds'),
  'exit-zero': flag('Exit 0 even if there are changes'),
  'git-driver': flag('Run as a diff driver of git: print errors, exit 0'),
}
type DiffArgs = ArgsOf<typeof positionals> & ArgsOf<typeof options> & GlobalArgs

export const diffCommand = command({
  name: 'diff',
  group: 'Review',
  usage: '[A [B]]',
  takesStreams: true,
  describe: 'Show the changes in streams or between snapshots',
  positionals,
  options,
  examples: [
    ['diff --base origin/main', 'everything that a pull request changes'],
    ['diff rhel-9', 'uncommitted changes of one stream'],
    ['diff HEAD~1:snapshots/rhel-9.json snapshots/rhel-9.json', 'two versions of a snapshot'],
  ],

  async run(args, context) {
    if (args['git-driver']) {
      await runAsDriver(args, context)
      return 0
    }
    const difference = await findDifference(args, context)
    const { terminal } = context
    terminal.data(DIFF_FORMATS[args.output](difference, terminal))
    if (!isEqual(difference)) return args['exit-zero'] ? 0 : 1
    if (args.output !== 'json') terminal.say(equalLine(difference))
    return 0
  },
})

function equalLine({ base, streams }: Difference): string {
  const names = streams.map(({ name }) => name).join(', ')
  return `${names}: no changes${base === undefined ? '' : ` since ${base.slice(0, 7)}`}`
}

async function findDifference(args: DiffArgs, context: Context): Promise<Difference> {
  const { A, B, GIT, base, target } = args
  const { folder, terminal } = context
  const [extra] = [...(base !== undefined && B !== undefined ? [B] : []), ...GIT]
  if (extra !== undefined) {
    const message = `unexpected argument: ${JSON.stringify(extra)}`
    throw new InputError(message, helpRemedy('diff'))
  }
  if (base !== undefined) {
    if (A === undefined) return diffWorkspace(context, { base })
    const { name = A } = (await findOwner(folder, A)) ?? {}
    const compare = async () => {
      const isName = name !== A || (await isStreamName(A, folder))
      return diffWorkspace(context, isName ? { base, names: [name] } : { base, head: A })
    }
    // A stream that was removed is only in the base.
    return compare().catch((error) =>
      diffWorkspace(context, { base, names: [A] }).catch(() => {
        throw error
      }),
    )
  }
  if (A === undefined) return diffWorkspace(context)
  if (B === undefined && (await isStreamName(A, folder))) {
    return diffWorkspace(context, { names: [A] })
  }
  const workspace = await findWorkspace(folder).catch(() => undefined)
  const [before = A, after] = [A, B].map((name) =>
    name === undefined || folder.exists(name)
      ? name
      : (workspace?.streams.get(name)?.snapshot ?? name),
  )
  return diffSnapshots(folder, { before, after, target }, (name) =>
    terminal.say(`${name}: no such file in this revision, compared as empty`),
  )
}

/**
 * git passes the path, and for both sides a file, a blob and a mode; for an unmerged path only the
 * path. An error would end the output of git for all later files.
 */
async function runAsDriver({ A = '', B, GIT, output }: DiffArgs, context: Context): Promise<void> {
  const { folder, terminal } = context
  const [, , fresh] = GIT
  const path = fresh === undefined ? (B ?? A) : A
  const files = fresh === undefined ? [A, B] : [B, fresh]
  try {
    if (B === undefined) return terminal.data(`${A}: unmerged, resolve the conflict first\n`)
    const difference = await diffBlobs(folder, path, files)
    terminal.data(DIFF_FORMATS[output](difference, terminal))
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    // git passes temporary paths.
    const cause = files.reduce<string>((text, file = path) => text.replaceAll(file, path), message)
    terminal.data(`${cause.startsWith(path) ? '' : `${path}: `}${cause}\n`)
  }
}

async function isStreamName(name: string, folder: Folder): Promise<boolean> {
  if (folder.exists(name)) return false
  const workspace = await findWorkspace(folder)
  const names = [...(workspace?.streams.keys() ?? [])]
  if (names.includes(name)) return true
  if (workspace && nearest(name, names)) throw unknownStream(name, names, workspace.file)
  return false
}
