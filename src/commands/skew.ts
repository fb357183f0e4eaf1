import { readInput } from '../disk/read.ts'
import { CheckFailure, InputError } from '../errors.ts'
import {
  CLOUDS,
  type CloudName,
  intolerable,
  printSlot,
  readSnapshot,
  readStream,
  releasesOf,
  SEVERITY,
  type Severity,
  type SlotSkew,
  skewOf,
} from '../index.ts'
import { SKEW_FORMATS, type SkewFormat } from '../show/skew.ts'
import type { Command } from './command.ts'
import { type CommonArgs, once, terminalOf, wholeNumber } from './options.ts'

export interface SkewArgs extends CommonArgs {
  readonly SNAPSHOT: string
  readonly target?: string | undefined
  readonly cloud?: CloudName | undefined
  readonly output: SkewFormat
  readonly 'max-days'?: number | undefined
  readonly 'fail-on'?: Severity | undefined
}

export const skewCommand: Command<SkewArgs> = {
  builder: (argv) =>
    argv
      .positional('SNAPSHOT', { type: 'string', demandOption: true, describe: 'The snapshot' })
      .option('target', {
        type: 'string',
        describe: 'Take the releases from this stream where the snapshot holds no build',
        coerce: once('target'),
      })
      .option('cloud', {
        choices: CLOUDS,
        describe: 'Look at the slots of this cloud alone',
        coerce: once('cloud') as (value: unknown) => CloudName,
      })
      .option('output', {
        alias: 'o',
        choices: Object.keys(SKEW_FORMATS) as SkewFormat[],
        default: 'table' as SkewFormat,
        describe: 'How to print; markdown says what is left to publish',
        coerce: once('output') as (value: unknown) => SkewFormat,
      })
      .option('max-days', {
        type: 'string',
        describe: 'Exit 1 if an image is more days older than its build, or there is none',
        coerce: optionalNumber('max-days'),
      })
      .option('fail-on', {
        choices: SEVERITY,
        describe: 'Exit 1 if an image is of this grade or a worse one, or there is none',
        coerce: once('fail-on') as (value: unknown) => Severity,
      })
      .example('$0 skew snapshots/rhcos-4.18.json --target rhcos.json  # where each slot is', '')
      .example(
        '$0 skew snapshots/rhcos-4.18.json --cloud azure --fail-on older-build  # for CI',
        '',
      ),

  async run(args) {
    const { SNAPSHOT, target, cloud, output, 'max-days': maxDays, 'fail-on': failOn } = args
    const snapshot = readSnapshot(await readInput(SNAPSHOT), SNAPSHOT)
    const releases =
      target === undefined ? undefined : releasesOf(readStream(await readInput(target), target))
    if (releases === undefined && Object.keys(snapshot.builds).length === 0) {
      throw new InputError(
        `${SNAPSHOT}: holds no builds, so a stream that has the releases is needed`,
        'Name it with --target FILE.',
      )
    }
    const skews = skewOf(snapshot, releases).filter(
      ({ slot }) => cloud === undefined || slot.cloud === cloud,
    )
    terminalOf(args).data(SKEW_FORMATS[output](skews))
    const failing = intolerable(skews, { failOn, maxDays })
    if (failing.length > 0) {
      throw new CheckFailure(
        `${failing.length} of ${skews.length} slots: ${failing.map(describe).join('; ')}`,
      )
    }
  },
}

function describe({ slot, grade, days }: SlotSkew): string {
  if (grade === undefined) return `${printSlot(slot)} has no image`
  return `${printSlot(slot)} is ${grade}${days === undefined ? '' : ` by ${days} days`}`
}

function optionalNumber(option: string): (value: unknown) => number | undefined {
  const read = wholeNumber(option, 0)
  return (value) => (value === undefined ? undefined : read(value))
}
