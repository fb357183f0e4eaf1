import type { StreamConfig } from '../core/workspace/workspace.ts'
import { InputError } from '../errors.ts'
import type { Folder } from '../files/folder.ts'
import { deprecationLines } from '../show/capture.ts'
import { changeLines } from '../show/changes.ts'
import { captureStream, prepareCapture } from '../workflows/capture.ts'
import { findOwner, findWorkspace, unknownStream } from '../workflows/workspace.ts'
import { command } from './command.ts'
import { type ArgsOf, needed, PREVIEW_OPTIONS, text } from './option.ts'
import { isDryRun, printCapture, printNotes } from './results.ts'
import {
  BUILD,
  CAPTURE_OPTIONS,
  captureOptions,
  given,
  withCaptureContext,
} from './stream-options.ts'

const positionals = {
  SNAPSHOT: needed('Snapshot to write, NAME.json, or stream name'),
  BUILD,
}
const options = {
  ...CAPTURE_OPTIONS,
  stream: text('Use the releases of this stream file'),
  ...PREVIEW_OPTIONS,
}
type CaptureArgs = ArgsOf<typeof positionals> & ArgsOf<typeof options>

export const captureCommand = command({
  name: 'capture',
  group: 'Single files',
  takesStreams: true,
  describe: 'Query clouds and the build server, and write a snapshot',
  positionals,
  options,
  examples: [
    ['capture snapshots/rhcos-4.18.json --stream rhcos.json', 'the images for a stream'],
    ['capture 4.18.json --name 4.18-9.4 x86_64=418.94.202410090804-0', 'a build and its images'],
    [
      'capture snapshots/rhcos-4.18.json --cloud aws',
      'only AWS; the images of other clouds are kept',
    ],
    ['capture snapshots/rhcos-4.18.json --check', 'compare with what the clouds list today'],
    [
      'capture snapshots/rhcos-4.18.json --replay',
      'reproduce the snapshot from its recording, offline',
    ],
  ],

  async run(args, context) {
    const { terminal } = context
    const config = await readConfig(args, context.folder)
    const isDry = isDryRun(args)
    const capture = isDry ? prepareCapture : captureStream
    const builds = args.BUILD.length > 0 ? args.BUILD : undefined
    const result = await withCaptureContext(config.snapshot, args, context, (own) =>
      capture(config, { ...captureOptions(args), builds }, own),
    )
    const { comparison, writes, before } = result
    if (isDry) {
      printNotes(result, terminal)
      const lines = comparison ? changeLines(comparison.changes, terminal) : []
      for (const line of [...lines, ...deprecationLines(result)]) terminal.data(`${line}\n`)
      for (const { file } of writes) terminal.say(`${file}: would be updated`)
    } else {
      printCapture(result, terminal, args)
      const files = writes.map(({ file }) => file).join(' and ')
      if (files !== '') terminal.say(`${files}: ${before ? 'updated' : 'created'}`)
    }
    if (writes.length === 0) terminal.say(`${config.snapshot}: up to date`)
    return args.check && writes.length > 0 ? 1 : 0
  },
})

/** A stream defined by flags, or a stream of the workspace with flags. */
export async function readConfig(args: CaptureArgs, folder: Folder): Promise<StreamConfig> {
  const { SNAPSHOT, stream: target, BUILD: builds } = args
  if (target !== undefined && builds.length > 0) {
    throw new InputError('--stream cannot be combined with builds', 'Use only one of them.')
  }
  const flags = { ...streamFlags(args), ...given({ target }) }
  if (SNAPSHOT.endsWith('.json')) {
    const owner = target === undefined ? undefined : await findOwner(folder, target)
    const own = given({ ocp: owner?.config.ocp })
    return { require: 'any', ...own, ...flags, snapshot: SNAPSHOT }
  }
  const workspace = await findWorkspace(folder)
  const own = workspace?.streams.get(SNAPSHOT)
  if (own !== undefined) return { ...own, ...flags }
  if (workspace === undefined || SNAPSHOT.includes('/')) {
    throw new InputError(
      'SNAPSHOT: expected a path that ends in .json',
      'Use a path such as snapshots/rhcos-4.18.json.',
    )
  }
  throw unknownStream(SNAPSHOT, [...workspace.streams.keys()], workspace.file)
}

export function streamFlags(args: ArgsOf<typeof CAPTURE_OPTIONS>): Partial<StreamConfig> {
  const { name, url, distro, criteria, cloud, drop = [] } = args
  const both = cloud?.find((each) => drop.includes(each))
  if (both !== undefined) {
    const message = `--drop ${both} cannot be combined with --cloud ${both}`
    throw new InputError(message, 'Use only one of them.')
  }
  const signatures = args['no-signatures'] ? false : undefined
  return given({ name, url, distro, signatures, criteria, clouds: cloud })
}
