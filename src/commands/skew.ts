import { readInput } from '../disk/read.ts'
import { CheckFailure, InputError } from '../errors.ts'
import {
  CLOUDS,
  intolerable,
  printSlot,
  readSnapshot,
  readStream,
  releasesOf,
  SEVERITY,
  type SlotSkew,
  skewOf,
} from '../index.ts'
import { SKEW_FORMATS, type SkewFormat } from '../show/skew.ts'
import { command, terminalOf } from './command.ts'
import { choice, count, needed, text } from './option.ts'

const formats = Object.keys(SKEW_FORMATS) as SkewFormat[]

export const skewCommand = command({
  name: 'skew',
  describe: 'Say how far each image is from its build, and what is left to publish',
  positionals: { SNAPSHOT: needed('The snapshot') },
  options: {
    target: text('Take the releases from this stream where the snapshot holds no build'),
    cloud: choice('Look at the slots of this cloud alone', CLOUDS),
    output: choice(
      'How to print; markdown says what is left to publish',
      formats,
      { alias: 'o' },
      'table',
    ),
    'max-days': count('Exit 1 if an image is more days older than its build, or there is none', {
      least: 0,
    }),
    'fail-on': choice(
      'Exit 1 if an image is of this grade or a worse one, or there is none',
      SEVERITY,
    ),
  },
  examples: [
    ['skew snapshots/rhcos-4.18.json --target rhcos.json', 'where each slot is'],
    ['skew snapshots/rhcos-4.18.json --cloud azure --fail-on older-build', 'for CI'],
  ],
  forStream: ({ snapshot, target }) => ({ SNAPSHOT: snapshot, target }),

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
})

function describe({ slot, grade, days }: SlotSkew): string {
  if (grade === undefined) return `${printSlot(slot)} has no image`
  return `${printSlot(slot)} is ${grade}${days === undefined ? '' : ` by ${days} days`}`
}
