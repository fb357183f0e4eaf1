import { POOLS, type Pool } from '../core/audit/image/pools.ts'
import { PLANS } from '../core/selection/plans.ts'
import { CLOUDS, DEFAULT_CLOUD, FACTS, type FoundImage, findImage } from '../index.ts'
import type { ImageFormat } from '../show/image.ts'
import { readArchitecture } from './architecture.ts'
import { type Context, command } from './command.ts'
import { choice, flag, needed, text } from './option.ts'
import { readStreamSource } from './stream-source.ts'

const FORMATS: readonly ImageFormat[] = ['urn', 'id', 'json', 'install-config', 'machineset']

export const imageCommand = command({
  name: 'image',
  describe: 'Print the marketplace image that a stream names',
  positionals: {
    STREAM: needed('A stream of any layout, a marketplace file, a ConfigMap of boot images, or -'),
  },
  options: {
    'stream-name': text('Which stream of a ConfigMap', {
      defaultDescription: 'its .data.stream',
    }),
    at: text('Read the stream as it was at a git revision'),
    cloud: choice('The cloud', CLOUDS, {}, DEFAULT_CLOUD),
    plan: {
      ...text("The purchase plan, by its own name or the enhancement's", {
        defaultDescription: 'no-purchase-plan on Azure, else ocp',
      }),
      values: PLANS,
    },
    arch: text(
      'The architecture; amd64 and arm64 are taken as well',
      { defaultDescription: 'x86_64' },
      readArchitecture,
    ),
    generation: choice('The Hyper-V generation, on Azure', ['1', '2'], {
      defaultDescription: '2',
    }),
    region: text("The region, on AWS; on Azure for an id's location"),
    gen1: flag('The Gen1 image beside the Gen2 image, its SKU derived from that one', {
      conflicts: 'generation',
    }),
    output: choice(
      "What to print; where a cloud knows no URN, its tools' name for the image",
      FORMATS,
      { alias: 'o' },
      'urn',
    ),
    pool: choice('For which machines of an install-config', POOLS, {}, 'defaultMachinePlatform'),
    merge: text('Print this install-config or MachineSet with the image in it'),
    'in-place': flag('Write what --merge gives into that file', { implies: 'merge' }),
  },
  examples: [
    ['image rhcos.json --plan ocp-emea', 'the URN, for az vm create'],
    ['image rhcos.json --cloud aws --region us-east-1', 'the AMI'],
    ['image rhcos.json --merge install-config.yaml --in-place', 'into an install-config'],
    ['image bootimages.yaml --stream-name rhel-10', 'of a cluster'],
  ],

  async run(args, context) {
    const { STREAM, cloud, arch = 'x86_64', generation, region, gen1 } = args
    const { facets, defaultPlan } = FACTS[cloud]
    const source = await readStreamSource(context.folder, STREAM, args['stream-name'], args.at)
    const found = findImage(source, {
      cloud,
      plan: args.plan ?? defaultPlan,
      architecture: arch,
      ...(facets.includes('generation') && { generation: generation === '1' ? 1 : 2 }),
      ...(facets.includes('region') && region !== undefined && { region }),
      ...(gen1 && { gen1 }),
    })
    const { IMAGE_FORMATS, termsLine } = await import('../show/image.ts')
    const { terminal } = context
    const { pool } = args
    if (args.merge !== undefined) await merge(found, { ...args, merge: args.merge }, context)
    else {
      const printed = IMAGE_FORMATS[args.output](found, { location: region ?? 'eastus', pool })
      terminal.data(`${printed}\n`)
    }
    const terms = termsLine(found)
    if (terms !== undefined) terminal.say(terms)
  },
})

interface MergeArgs {
  readonly merge: string
  readonly pool: Pool
  readonly 'in-place'?: boolean | undefined
}

/** Into a copy on stdout, or into the file itself; what it replaces is told. */
async function merge(
  found: FoundImage,
  args: MergeArgs,
  { folder, terminal }: Context,
): Promise<void> {
  const { mergeImage } = await import('../core/audit/image/manifest.ts')
  const { merge: file, pool } = args
  const before = await folder.read(file)
  const { text: after, replaced } = mergeImage(before, file, found, pool)
  if (args['in-place']) {
    await folder.write(before === after ? [] : [{ file, text: after }])
  } else terminal.file(after)
  for (const { path, before: old, after: fresh } of replaced) {
    terminal.say(`${file}: ${path}: ${old === undefined ? fresh : `${old} -> ${fresh}`}`)
  }
  if (replaced.length === 0) terminal.say(`${file}: has this image already`)
}
