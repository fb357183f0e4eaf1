import {
  bootImagesConfigMap,
  type NamedStream,
  omittedImages,
  streamKey,
} from '../core/audit/configmap.ts'
import { MarketplaceFile } from '../core/stream/marketplace.ts'
import { readStream } from '../core/stream/stream.ts'
import { InputError } from '../errors.ts'
import { type Folder, STDIN } from '../files/folder.ts'
import { findMarketplaceFile, findWorkspace, ownerIn } from '../workflows/workspace.ts'
import { command } from './command.ts'
import { texts } from './option.ts'

export const configmapCommand = command({
  name: 'configmap',
  group: 'Use a stream',
  describe: 'Print the coreos-bootimages ConfigMap of streams',
  usage: '[NAME=]STREAM_FILE | STREAM ...',
  takesStreams: true,
  positionals: {
    STREAM: texts('Stream name or file; NAME=STREAM_FILE sets its key', { isNeeded: true }),
  },
  options: { 'marketplace-file': texts('Marketplace images to add, as FILE or NAME=FILE') },
  examples: [
    ['configmap rhcos.json > coreos-bootimages.yaml', 'one stream'],
    ['configmap rhel-9 rhel-10', 'streams of the workspace'],
    ['configmap rhel-9=rhel-9.json rhel-10=rhel-10.json', 'several files'],
  ],

  async run(args, { folder, terminal }) {
    const show = await import('../show/configmap.ts')
    const workspace = await findWorkspace(folder)
    const images = args['marketplace-file'].map((argument) => parseNamed(argument, folder))
    const isOnly = args.STREAM.length === 1
    const streams: NamedStream[] = []
    for (const argument of args.STREAM) {
      const config = folder.exists(argument) ? undefined : workspace?.streams.get(argument)
      const { name, file } = config
        ? { name: undefined, file: config.target ?? '' }
        : parseNamed(argument, folder)
      const label = file === STDIN ? 'stdin' : file
      const stream = readStream(await folder.read(file), label)
      const own = ownerIn(workspace, folder, file)
      const ownKey = streamKey(stream)
      // The key of the only stream is that of its file.
      const key = name ?? (config || !isOnly ? ownKey : undefined)
      if (streams.some((other) => other.name === key)) {
        throw new InputError(
          `${argument}: another stream has the key "${key}"`,
          'Use files with different names: NAME=STREAM_FILE.',
        )
      }
      const names = [key, ownKey, own?.name, ...(isOnly ? [undefined] : [])]
      const at = images.findIndex((each) => names.includes(each.name))
      const [added] = at < 0 ? [] : images.splice(at, 1)
      const marketplace = added?.file ?? findMarketplaceFile(folder, file, own?.config)
      const text = marketplace && (await (added ? folder.read : folder.readIfExists)(marketplace))
      const named: NamedStream = {
        name: key,
        stream,
        ...(marketplace && text && { marketplaceFile: MarketplaceFile.read(text, marketplace) }),
      }
      streams.push(named)
      if (!added && text) terminal.say(`${file}: images from ${marketplace}`)
      for (const line of show.omittedLines(label, omittedImages(named))) terminal.warn(line)
    }
    const [stray] = images
    if (stray !== undefined) {
      throw new InputError(
        `--marketplace-file ${stray.argument}: expected NAME=FILE with the name of a stream`,
        'Use the NAME of a stream, or FILE alone for a single stream.',
      )
    }
    terminal.data(show.printConfigMap(bootImagesConfigMap(streams)))
  },
})

/** Reads `FILE` or `NAME=FILE`. An existing file takes precedence. */
function parseNamed(argument: string, folder: Folder) {
  const [, name, file = argument] =
    (folder.exists(argument) ? null : /^([A-Za-z0-9][A-Za-z0-9._-]*)=(.+)$/s.exec(argument)) ?? []
  return { argument, name, file }
}
