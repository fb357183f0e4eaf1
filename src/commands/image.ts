import type { Slot } from '../core/clouds/facts.ts'
import { chooseStream } from '../core/image/choose.ts'
import { type FoundImage, findImage, gen1Image } from '../core/image/find.ts'
import { IMAGE_FORMATS, POOLS, type Target } from '../core/image/targets.ts'
import { PLANS } from '../core/selection/selections.ts'
import { CLOUDS, DEFAULT_CLOUD, readArchitecture } from '../core/snapshot/snapshot.ts'
import { InputError } from '../errors.ts'
import { STDIN } from '../files/folder.ts'
import { openImageSource } from '../workflows/image-source.ts'
import { withLocks } from '../workflows/locks.ts'
import { type Context, command } from './command.ts'
import { type ArgsOf, choice, flag, needed, text } from './option.ts'

const positionals = {
  SOURCE: needed('Stream, marketplace file, snapshot, ConfigMap, or - for stdin'),
}
const options = {
  'stream-name': text('Stream to use if SOURCE has several streams'),
  cloud: choice('Cloud', CLOUDS, { default: DEFAULT_CLOUD }),
  plan: text('Plan', { default: 'no-purchase-plan on Azure, else ocp', values: PLANS }),
  arch: text('Architecture', { default: 'x86_64' }, readArchitecture),
  generation: text(
    'Hyper-V generation: gen1, gen2',
    { default: 'gen2', values: ['gen1', 'gen2'] },
    readGeneration,
  ),
  region: text('AWS region, or the Azure location for -o id'),
  gen1: flag('Derive a Gen1 SKU if the stream only has Gen2 images', { conflicts: 'generation' }),
  output: choice('Output format', IMAGE_FORMATS, { alias: 'o', default: 'urn' }),
  pool: choice('Pools that get the image', POOLS, { default: 'from the plan' }),
  merge: text('Set the image in this manifest', { conflicts: 'output' }),
  'in-place': flag('Write the --merge file instead of printing it', { implies: 'merge' }),
  replace: flag('Also replace an image set by resourceID, ARN or filter', { implies: 'merge' }),
}
type Args = ArgsOf<typeof positionals> & ArgsOf<typeof options>

export const imageCommand = command({
  name: 'image',
  group: 'Use a stream',
  describe: 'Print a marketplace image of a stream, or write it to a manifest',
  positionals,
  options,
  examples: [
    ['image rhcos.json --plan ocp-emea', 'the URN, for az vm create'],
    ['image rhcos.json --cloud aws --region us-east-1', 'the AMI'],
    [
      'image rhcos.json --merge install-config.yaml --in-place',
      'write the image to an install-config',
    ],
    [
      'image bootimages.yaml --stream-name rhel-10 -o nodepool',
      'from the ConfigMap of a cluster, for HyperShift',
    ],
  ],

  run(args, context) {
    const { merge, 'in-place': inPlace } = args
    const files = inPlace && merge !== undefined && merge !== STDIN ? [merge] : []
    return withLocks(files, context, () => printImage(args, context))
  },
})

async function printImage(args: Args, { folder, terminal }: Context): Promise<void> {
  const { SOURCE, merge, 'in-place': inPlace, 'stream-name': option } = args
  if (merge === STDIN && (SOURCE === STDIN || inPlace)) {
    throw new InputError('--merge: stdin is read once and cannot be written', 'Use a file.')
  }
  const { mergeImages, openMergeFile, slotFor } = await import('../core/image/merge.ts')
  const show = await import('../show/image.ts')
  const source = await openImageSource(folder, SOURCE)
  const file = merge === undefined ? undefined : openMergeFile(await folder.read(merge), merge)
  const { osImageStream } = file ?? {}
  const { stream, reason } = chooseStream(source, { option, osImageStream, file: merge })
  if (reason !== undefined) terminal.say(`${source.file}: stream ${stream.name} (${reason})`)
  const find = (slot: Slot, target?: Target): FoundImage => {
    const found = findImage(stream, slot, source.file)
    const place = target && { ...target, osImageStream }
    if (found === undefined) throw show.missingImage(source, stream, slot, place)
    return args.gen1 ? gen1Image(found, source.file) : found
  }
  const images: FoundImage[] = []
  if (file === undefined || merge === undefined) {
    const { output, cloud = DEFAULT_CLOUD, region } = args
    if (args.pool !== undefined && output !== 'install-config') {
      throw new InputError(
        '--pool: only used with --merge and --output install-config',
        'Remove --pool.',
      )
    }
    const isLocation = output === 'id' && cloud === 'azure'
    if (isLocation && region !== undefined && !/^[a-z0-9]+$/i.test(region)) {
      throw new InputError(
        '--region: expected an Azure location such as eastus',
        'Correct --region, or select another cloud with --cloud.',
      )
    }
    const found = find(slotFor({}, isLocation ? { ...args, region: undefined } : args))
    images.push(found)
    terminal.data(`${show.printImage(found, args)}\n`)
    for (const warning of show.imageWarnings(found, args)) terminal.warn(`warning: ${warning}`)
  } else {
    const merged = mergeImages(file, args, find)
    images.push(...merged.images)
    if (!inPlace) terminal.file(merged.text)
    else if (merged.replaced.length > 0) await folder.write([{ file: merge, text: merged.text }])
    for (const line of show.mergeLines(merge, merged, inPlace === true)) terminal.say(line)
    for (const warning of merged.warnings) terminal.warn(`warning: ${warning}`)
  }
  for (const note of images.flatMap((image) => show.imageNotes(stream, image))) terminal.say(note)
}

/** Reads `gen1` and `gen2`, and for earlier scripts `1` and `2`. */
function readGeneration(given: string, option: string): 1 | 2 {
  const digit = /^(?:gen)?([12])$/i.exec(given)?.[1]
  if (digit !== undefined) return digit === '1' ? 1 : 2
  throw new InputError(`${option}: expected gen1 or gen2, found ${JSON.stringify(given)}`)
}
