import { readInput } from '../disk/read.ts'
import { CLOUDS, type CloudName, listImages, readSnapshot } from '../index.ts'
import { LIST_FORMATS, type ListFormat } from '../show/list.ts'
import type { Command } from './command.ts'
import { type CommonArgs, once, terminalOf } from './options.ts'

export interface ListArgs extends CommonArgs {
  readonly SNAPSHOT: string
  readonly publisher?: string | undefined
  readonly offer?: string | undefined
  readonly sku?: string | undefined
  readonly arch?: string | undefined
  readonly cloud?: CloudName | undefined
  readonly output: ListFormat
}

export const listCommand: Command<ListArgs> = {
  builder: (argv) =>
    argv
      .positional('SNAPSHOT', { type: 'string', demandOption: true, describe: 'The snapshot' })
      .option('publisher', {
        type: 'string',
        describe: 'Any part of the publisher, in any case',
        coerce: once('publisher'),
      })
      .option('offer', {
        type: 'string',
        describe: 'Any part of the offer, in any case',
        coerce: once('offer'),
      })
      .option('sku', {
        type: 'string',
        describe: 'Any part of the SKU, in any case',
        coerce: once('sku'),
      })
      .option('arch', {
        type: 'string',
        describe: 'The architecture: x86_64, aarch64, or as Azure has it x64, Arm64',
        coerce: once('arch'),
      })
      .option('cloud', {
        choices: CLOUDS,
        describe: 'The cloud',
        coerce: once('cloud') as (value: unknown) => CloudName,
      })
      .option('output', {
        alias: 'o',
        choices: Object.keys(LIST_FORMATS) as ListFormat[],
        default: 'table' as ListFormat,
        describe: 'How to print',
        coerce: once('output') as (value: unknown) => ListFormat,
      })
      .example('$0 list snapshots/rhcos-4.18.json --sku 418  # as az vm image list shows them', '')
      .example('$0 list snapshots/rhcos-4.18.json --arch aarch64 -o tsv  # for scripts', ''),

  async run(args) {
    const { SNAPSHOT, output, ...filter } = args
    const snapshot = readSnapshot(await readInput(SNAPSHOT), SNAPSHOT)
    const listings = listImages(snapshot, filter)
    const terminal = terminalOf(args)
    terminal.data(LIST_FORMATS[output](listings))
    if (listings.length === 0) terminal.say(`${SNAPSHOT}: no image fits`)
  },
}
