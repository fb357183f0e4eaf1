import { PLANS } from '../core/selection/plans.ts'
import {
  ARCHITECTURES,
  CLOUDS,
  DEFAULT_CLOUD,
  FACTS,
  type FoundImage,
  findImage,
} from '../index.ts'
import { command, terminalOf } from './command.ts'
import { choice, flag, needed, text } from './option.ts'
import { readStreamSource } from './stream-source.ts'

const FORMATS = ['urn', 'json', 'id'] as const
type Format = (typeof FORMATS)[number]

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
    cloud: choice('The cloud', CLOUDS, {}, DEFAULT_CLOUD),
    plan: {
      ...text("The purchase plan, by its own name or the enhancement's", {
        defaultDescription: 'no-purchase-plan on Azure, else ocp',
      }),
      values: PLANS,
    },
    arch: choice('The architecture', ARCHITECTURES, {}, 'x86_64'),
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
  },
  examples: [
    ['image rhcos.json --plan ocp-emea', 'the URN, for az vm create'],
    ['image rhcos.json --cloud aws --region us-east-1', 'the AMI'],
    ['image bootimages.yaml --stream-name rhel-10', 'of a cluster'],
  ],

  async run(args) {
    const { STREAM, cloud, plan = FACTS[cloud].defaultPlan, arch, generation, region, gen1 } = args
    const { facets } = FACTS[cloud]
    const source = await readStreamSource(STREAM, args['stream-name'])
    const found = findImage(source, {
      cloud,
      plan,
      architecture: arch,
      ...(facets.includes('generation') && { generation: generation === '1' ? 1 : 2 }),
      ...(facets.includes('region') && region !== undefined && { region }),
      ...(gen1 && { gen1 }),
    })
    terminalOf(args).data(`${PRINTERS[args.output](found, region ?? 'eastus')}\n`)
  },
})

const PRINTERS: Readonly<Record<Format, (found: FoundImage, location: string) => string>> = {
  urn: ({ urn }) => urn,
  id: ({ slot, entry }, location) => FACTS[slot.cloud].idOf(entry, location),
  json: ({ slot, entry, urn }) => JSON.stringify({ ...slot, ...entry, urn }, undefined, 2),
}
