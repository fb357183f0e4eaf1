import {
  intolerable,
  measureSkew,
  plansBelow,
  SEVERITY,
  type Severity,
  type SlotSkew,
} from '../core/audit/skew/skew.ts'
import { readSnapshot } from '../core/snapshot/read.ts'
import { CLOUDS, type CloudName, DEFAULT_CLOUD, type Snapshot } from '../core/snapshot/snapshot.ts'
import { getReleases } from '../core/stream/releases.ts'
import { readStream } from '../core/stream/stream.ts'
import { type MajorMinor, printMajorMinor, readMajorMinor } from '../core/versions/major-minor.ts'
import { CheckFailure, InputError } from '../errors.ts'
import { counted } from '../printable.ts'
import { notQueried, SKEW_FORMATS, type SkewFormat, skewLines } from '../show/skew.ts'
import { command } from './command.ts'
import { choice, count, flag, format, needed, text } from './option.ts'

const formats = Object.keys(SKEW_FORMATS) as SkewFormat[]

export const skewCommand = command({
  name: 'skew',
  group: 'Publish',
  describe: 'Show which images lag behind their build, and what to publish',
  positionals: { SNAPSHOT: needed('Snapshot or stream name') },
  options: {
    target: text('Take missing releases from this stream'),
    cloud: choice('Only this cloud', CLOUDS),
    output: format(formats, 'table'),
    'max-days': count('Exit 1 if an image lags more days, or is missing', {
      least: 0,
    }),
    'min-rhel': text('Exit 1 if a plan has no image from this RHEL version on', {}, readRhel),
    all: flag('Print every slot, also those that do not lag'),
    'fail-on': choice('Exit 1 from this grade on', SEVERITY),
  },
  examples: [
    ['skew snapshots/rhcos-4.18.json --target rhcos.json', 'each slot that lags'],
    ['skew rhcos-4.18.json --cloud azure --fail-on older-build', 'fail in CI'],
  ],
  forStream: ({ snapshot, target }) => ({ SNAPSHOT: snapshot, target }),

  async run(args, { folder, terminal }) {
    const { SNAPSHOT, target, cloud, output, all = false } = args
    const snapshot = readSnapshot(await folder.read(SNAPSHOT), SNAPSHOT)
    const releases =
      target === undefined ? undefined : getReleases(readStream(await folder.read(target), target))
    refuseUnasked(SNAPSHOT, snapshot, cloud)
    if (releases === undefined && Object.keys(snapshot.builds).length === 0) {
      throw new InputError(
        `${SNAPSHOT}: holds no builds, so a stream that has the releases is needed`,
        'Name it with --target FILE.',
      )
    }
    const skews = measureSkew(snapshot, releases).filter(
      ({ slot }) => cloud === undefined || slot.cloud === cloud,
    )
    if (skews.length === 0) {
      throw new InputError(
        `${SNAPSHOT}: its criteria open no slot for ${target ?? 'its builds'}, so nothing can lag`,
      )
    }
    terminal.data(SKEW_FORMATS[output](skews, { isAll: all }, terminal))
    refuseSkew(skews, args)
  },
})

interface Limits {
  readonly 'max-days'?: number | undefined
  readonly 'fail-on'?: Severity | undefined
  readonly 'min-rhel'?: MajorMinor | undefined
}

/** @throws CheckFailure with a line for each group of slots, and each plan, that is not admitted */
function refuseSkew(skews: readonly SlotSkew[], limits: Limits): void {
  const { 'max-days': maxDays, 'fail-on': failOn, 'min-rhel': floor } = limits
  const failing = intolerable(skews, { failOn, maxDays })
  const below = floor === undefined ? [] : plansBelow(skews, floor)
  const lines = [
    ...skewLines(failing),
    ...below.map(
      ({ cloud, plan, rhel }) =>
        `${cloud} ${plan}: ${rhel ? `no image later than of RHEL ${rhel}` : 'no image'}`,
    ),
  ]
  if (lines.length === 0) return
  const limit = [
    ...(maxDays === undefined ? [] : [`more than ${counted(maxDays, 'day')} behind`]),
    failOn === undefined || failOn === 'none' ? 'without an image' : `${failOn} or worse`,
  ].join(' or ')
  const what = [
    ...(failing.length > 0
      ? [
          `${failing.length} of ${counted(skews.length, 'slot')} ${failing.length === 1 ? 'is' : 'are'} ${limit}`,
        ]
      : []),
    ...(floor && below.length > 0
      ? [`${counted(below.length, 'plan')} without an image of RHEL ${printMajorMinor(floor)}`]
      : []),
  ]
  throw new CheckFailure(what.join(', '), undefined, { lines })
}

/** @throws InputError for a cloud that nobody asked, of which nothing can be said */
function refuseUnasked(file: string, snapshot: Snapshot, cloud: CloudName | undefined): void {
  const cause = notQueried(snapshot, cloud)
  if (cause === undefined) return
  throw new InputError(
    `${file}: ${cause}`,
    `stream-snapshot capture ${file} --cloud ${cloud ?? DEFAULT_CLOUD} queries it.`,
  )
}

function readRhel(given: string, option: string): MajorMinor {
  const minor = readMajorMinor(given)
  if (minor !== undefined) return minor
  throw new InputError(`${option}: expected X.Y such as 9.6, found ${JSON.stringify(given)}`)
}
