import {
  intolerable,
  plansBelow,
  SEVERITY,
  type Severity,
  type SlotSkew,
} from '../core/audit/skew.ts'
import { OCP_UNKNOWN } from '../core/changes/grading.ts'
import { REQUIREMENTS, type Requirement } from '../core/selection/select.ts'
import { CLOUDS } from '../core/snapshot/snapshot.ts'
import { printMajorMinor, readMajorMinor } from '../core/versions/version.ts'
import { CheckFailure, InputError } from '../errors.ts'
import { counted, listed } from '../printable.ts'
import { SKEW_FORMATS, type SkewFormat, skewLines, withoutImage } from '../show/skew.ts'
import { findSkew } from '../workflows/skew.ts'
import { command } from './command.ts'
import { choice, count, flag, format, needed, text, version } from './option.ts'

const formats = Object.keys(SKEW_FORMATS) as SkewFormat[]

export const skewCommand = command({
  name: 'skew',
  group: 'Publish',
  describe: 'Show which images lag behind their build, and what to publish',
  positionals: { SOURCE: needed('Snapshot, stream file or stream name (default: all streams)') },
  options: {
    target: text('Stream to take releases from, if a snapshot has no builds'),
    cloud: choice('Only this cloud', CLOUDS),
    output: format(formats, 'table'),
    'max-days': count('Exit 1 if an image is missing or lags more than N days', { least: 0 }),
    'min-rhel': version('Exit 1 if a plan has no image of RHEL X.Y or later', '9.6'),
    all: flag('Also print the images that do not lag'),
    'fail-on': choice('Exit 1 for this grade or worse', SEVERITY),
    require: choice(
      'Count only images that RULE allows',
      Object.keys(REQUIREMENTS) as Requirement[],
    ),
    ocp: version('OCP version of the stream file', '4.18'),
  },
  examples: [
    ['skew coreos-rhel-9.json --max-days 30', 'fail if an image of a stream file lags'],
    [
      'skew rhcos-4.18.json --cloud azure --fail-on older-build',
      'fail if an image of a snapshot is of an earlier build',
    ],
  ],
  takesSnapshots: true,

  async run(args, { folder, terminal, workspace }) {
    const { SOURCE, target, cloud, output, require, ocp, all = false } = args
    const request = { source: SOURCE, target, cloud, require, ocp, workspace }
    const { slots: skews, unqueried } = await findSkew(folder, request)
    const unknown = `${SOURCE}: OCP version unknown, so`
    const isUngraded = skews.some(({ ungraded }) => ungraded === OCP_UNKNOWN)
    if (isUngraded && args['fail-on'] !== undefined) {
      throw new InputError(`${unknown} images have no grade`, 'Specify the OCP version with --ocp.')
    }
    terminal.data(SKEW_FORMATS[output](skews, all, terminal))
    for (const each of unqueried) terminal.say(`${SOURCE}: ${each} was not queried`)
    if (isUngraded) terminal.say(`${unknown} slots without an image are not counted; add --ocp X.Y`)
    const later = skews.filter(isLaterBuild).length
    if (later > 0 && args['max-days'] !== undefined && args['fail-on'] === undefined) {
      const slots = counted(later, 'slot')
      terminal.say(
        `${SOURCE}: --max-days does not count later builds of an earlier release (${slots}); --fail-on older-release does`,
      )
    }
    refuseSkew(skews, args)
  },
})

interface Limits {
  readonly 'max-days'?: number | undefined
  readonly 'fail-on'?: Severity | undefined
  readonly 'min-rhel'?: string | undefined
}

/** @throws CheckFailure with a line for each group of slots, and each plan, over a limit */
function refuseSkew(skews: readonly SlotSkew[], limits: Limits): void {
  const { 'max-days': maxDays, 'fail-on': failOn, 'min-rhel': rhel = '' } = limits
  const floor = readMajorMinor(rhel)
  const failing = intolerable(skews, { failOn, maxDays })
  const below = floor === undefined ? [] : plansBelow(skews, floor)
  const lines = [
    ...skewLines(failing),
    ...below.map(
      ({ cloud, plan, rhel }) =>
        `${cloud} ${plan}: ${rhel ? `latest selected image is RHEL ${rhel}` : 'no image'}`,
    ),
  ]
  if (lines.length === 0) return
  const isEmpty = failing.some(({ image }) => image === undefined)
  const limit = listed(
    [
      ...(maxDays === undefined ? [] : [`more than ${counted(maxDays, 'day')} behind`]),
      ...(failOn !== undefined && failOn !== 'none'
        ? [`graded ${failOn} or worse`]
        : isEmpty || failOn === 'none'
          ? [withoutImage(failing)]
          : []),
    ],
    'or',
  )
  const verb = failing.length === 1 ? 'is' : 'are'
  const slots = `${failing.length} of ${counted(skews.length, 'slot')} ${verb} ${limit}`
  const plans =
    floor && `${counted(below.length, 'plan')} without an image of RHEL ${printMajorMinor(floor)}`
  const what = [failing.length > 0 && slots, below.length > 0 && plans].filter((each) => each)
  throw new CheckFailure(what.join(', '), undefined, { lines })
}

/** The slots that `--max-days` does not count. */
function isLaterBuild({ grade = 'exact', days = 0 }: SlotSkew): boolean {
  return days <= 0 && SEVERITY.indexOf(grade) >= SEVERITY.indexOf('older-release')
}
