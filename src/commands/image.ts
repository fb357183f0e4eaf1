import { InputError } from '../errors.ts'
import {
  ARCHITECTURES,
  type Architecture,
  CLOUDS,
  type CloudName,
  type FoundImage,
  findImage,
  imageId,
} from '../index.ts'
import type { Command } from './command.ts'
import { type CommonArgs, once, terminalOf } from './options.ts'
import { readStreamSource } from './stream-source.ts'

const FORMATS = ['urn', 'json', 'id'] as const
type Format = (typeof FORMATS)[number]

/** The plan that is meant where none is named. */
const DEFAULT_PLANS: Readonly<Record<CloudName, string>> = {
  azure: 'no-purchase-plan',
  aws: 'ocp',
  gcp: 'ocp',
}

export interface ImageArgs extends CommonArgs {
  readonly STREAM: string
  readonly 'stream-name'?: string | undefined
  readonly cloud: CloudName
  readonly plan?: string | undefined
  readonly arch: Architecture
  readonly generation?: 1 | 2 | undefined
  readonly region?: string | undefined
  readonly gen1?: boolean | undefined
  readonly output: Format
}

export const imageCommand: Command<ImageArgs> = {
  builder: (argv) =>
    argv
      .positional('STREAM', {
        type: 'string',
        demandOption: true,
        describe: 'A stream of any layout, a marketplace file, a ConfigMap of boot images, or -',
      })
      .option('stream-name', {
        type: 'string',
        describe: 'Which stream of a ConfigMap',
        defaultDescription: 'its .data.stream',
        coerce: once('stream-name'),
      })
      .option('cloud', {
        choices: CLOUDS,
        default: 'azure' as CloudName,
        describe: 'The cloud',
        coerce: once('cloud') as (value: unknown) => CloudName,
      })
      .option('plan', {
        type: 'string',
        describe: "The purchase plan, by its own name or the enhancement's",
        defaultDescription: 'no-purchase-plan on Azure, else ocp',
        coerce: once('plan'),
      })
      .option('arch', {
        choices: ARCHITECTURES,
        default: 'x86_64' as Architecture,
        describe: 'The architecture',
        coerce: once('arch') as (value: unknown) => Architecture,
      })
      .option('generation', {
        choices: [1, 2] as const,
        describe: 'The Hyper-V generation, on Azure',
        defaultDescription: '2',
        coerce: generationOption,
      })
      .option('region', {
        type: 'string',
        describe: "The region, on AWS; on Azure for an id's location",
        coerce: once('region'),
      })
      .option('gen1', {
        type: 'boolean',
        conflicts: 'generation',
        describe: 'The Gen1 image beside the Gen2 image, its SKU derived from that one',
      })
      .option('output', {
        alias: 'o',
        choices: FORMATS,
        default: 'urn' as Format,
        describe: "What to print; where a cloud knows no URN, its tools' name for the image",
        coerce: once('output') as (value: unknown) => Format,
      })
      .example('$0 image rhcos.json --plan ocp-emea  # the URN, for az vm create', '')
      .example('$0 image rhcos.json --cloud aws --region us-east-1  # the AMI', '')
      .example('oc get cm … -o yaml | $0 image - --stream-name rhel-10  # of a cluster', ''),

  async run(args) {
    const { STREAM, cloud, plan = DEFAULT_PLANS[cloud], arch, generation, region, gen1 } = args
    const source = await readStreamSource(STREAM, args['stream-name'])
    const found = findImage(source, {
      cloud,
      plan,
      architecture: arch,
      ...(cloud === 'azure' && { generation: generation ?? 2 }),
      ...(cloud === 'aws' && region !== undefined && { region }),
      ...(gen1 && { gen1 }),
    })
    terminalOf(args).data(`${PRINTERS[args.output](found, region ?? 'eastus')}\n`)
  },
}

const PRINTERS: Readonly<Record<Format, (found: FoundImage, location: string) => string>> = {
  urn: ({ urn }) => urn,
  id: ({ slot, entry }, location) => imageId(slot.cloud, entry, location),
  json: ({ slot, entry, urn }) => JSON.stringify({ ...slot, ...entry, urn }, undefined, 2),
}

/** As it was given, for `choices` to judge. */
function generationOption(value: unknown): 1 | 2 | undefined {
  if (Array.isArray(value)) throw new InputError('--generation: given more than once')
  return value === undefined ? undefined : (Number(value) as 1 | 2)
}
