import { bootImagesConfigMap, type NamedStream, streamKey } from '../core/audit/configmap.ts'
import { MarketplaceFile } from '../core/stream/marketplace.ts'
import { readStream } from '../core/stream/stream.ts'
import { InputError } from '../errors.ts'
import type { Folder } from '../files/folder.ts'
import { findWorkspace } from '../workflows/workspace.ts'
import { command } from './command.ts'
import { texts } from './option.ts'

export const configmapCommand = command({
  name: 'configmap',
  group: 'Use a stream',
  describe: 'Print the coreos-bootimages ConfigMap of streams',
  usage: '[NAME=]STREAM_FILE | STREAM ...',
  takesStreams: true,
  positionals: {
    STREAM: texts('Streams by name or file, several files as NAME=FILE', { isNeeded: true }),
  },
  options: {
    'marketplace-file': texts('Add these images; NAME=FILE for one of several'),
  },
  examples: [
    ['configmap rhcos.json > coreos-bootimages.yaml', 'one stream'],
    ['configmap rhel-9 rhel-10', 'streams of the workspace'],
    ['configmap rhel-9=rhel-9.json rhel-10=rhel-10.json', 'several files'],
  ],

  async run(args, { folder, terminal }) {
    const files: NamedFile[] = []
    for (const argument of args.STREAM) {
      files.push(
        (await readWorkspaceStream(folder, argument)) ?? (await readNamed(folder, argument)),
      )
    }
    refuseUnnamed(files)
    const marketplaces = await readAll(folder, args['marketplace-file'])
    const streams = files.map((each): NamedStream => {
      const { name, file, text } = each
      const marketplace = marketplaces.filter((other) => other.name === name)
      const found = marketplace[0] ?? each.marketplace
      if (marketplace.length > 1) {
        throw new InputError(`--marketplace-file: more than one for ${name ?? file}`)
      }
      return {
        name,
        stream: readStream(text, file),
        ...(found && { marketplaceFile: MarketplaceFile.read(found.text, found.file) }),
      }
    })
    const stray = marketplaces.find((each) => !files.some(({ name }) => name === each.name))
    if (stray !== undefined) {
      throw new InputError(
        `--marketplace-file ${stray.argument}: expected NAME=FILE with the name of a stream`,
      )
    }
    const { printConfigMap } = await import('../show/configmap.ts')
    terminal.data(printConfigMap(bootImagesConfigMap(streams)))
  },
})

interface NamedFile {
  readonly argument: string
  readonly name: string | undefined
  readonly file: string
  readonly text: string
  /** The marketplace file of a workspace's stream. */
  readonly marketplace?: { readonly file: string; readonly text: string }
}

/** A stream of the workspace with its marketplace file, under the key that the installer uses. */
async function readWorkspaceStream(
  folder: Folder,
  argument: string,
): Promise<NamedFile | undefined> {
  if (folder.exists(argument)) return undefined
  const config = (await findWorkspace(folder))?.streams.get(argument)
  if (config?.target === undefined) return undefined
  const { target: file, marketplaceFile } = config
  const text = await folder.read(file)
  const name = streamKey(readStream(text, file))
  const images = marketplaceFile && (await folder.readIfExists(marketplaceFile))
  return {
    argument,
    name,
    file,
    text,
    ...(marketplaceFile && images && { marketplace: { file: marketplaceFile, text: images } }),
  }
}

/** In their order, so that the first of several errors is reported. */
async function readAll(folder: Folder, args: readonly string[]): Promise<NamedFile[]> {
  const files: NamedFile[] = []
  for (const argument of args) files.push(await readNamed(folder, argument))
  return files
}

/** `NAME=FILE`, unless a file has that very name. */
async function readNamed(folder: Folder, argument: string): Promise<NamedFile> {
  const [, name, file] = /^([A-Za-z0-9][A-Za-z0-9._-]*)=(.+)$/s.exec(argument) ?? []
  if (name === undefined || file === undefined) {
    return { argument, name: undefined, file: argument, text: await folder.read(argument) }
  }
  const text = await folder.readIfExists(argument)
  if (text !== undefined) return { argument, name: undefined, file: argument, text }
  return { argument, name, file, text: await folder.read(file) }
}

function refuseUnnamed(files: readonly NamedFile[]): void {
  if (files.length === 1) return
  const unnamed = files.find(({ name }) => name === undefined)
  if (unnamed !== undefined) {
    throw new InputError(`${unnamed.argument}: expected NAME=FILE, as there are several streams`)
  }
  const twice = files.find(({ name }, at) => files.findIndex((each) => each.name === name) !== at)
  if (twice !== undefined)
    throw new InputError(`${twice.argument}: another stream has the key "${twice.name}"`)
}
