import { InputError } from '../errors.ts'
import { ARCHITECTURES, CLOUDS, type CloudName, readMajorMinor } from '../index.ts'
import { architectureOf } from './architecture.ts'
import { CLOUD_OPTIONS } from './clouds.ts'
import type { GlobalArgs } from './command.ts'
import {
  type ArgsOf,
  choice,
  count,
  flag,
  list,
  needed,
  type Option,
  text,
  texts,
} from './option.ts'
import { checkUrl } from './url.ts'

/** How many questions at a time, and seconds; see the options. */
export const ASKING = { concurrency: 8, timeout: 30, patience: 120 } as const

/** Of whom and how it is asked, which `update` takes as well. */
export const ASKING_OPTIONS = {
  ...CLOUD_OPTIONS,
  drop: list<string>(
    'Take these clouds and architectures out of the snapshot, with commas between them',
    {},
    (names, option) =>
      among(
        [...CLOUDS, ...ARCHITECTURES],
        names.map((name) => architectureOf(name) ?? name),
        option,
        'some of ',
      ),
    [...CLOUDS, ...ARCHITECTURES],
  ),
  concurrency: count('How many questions to ask at a time', {}, ASKING.concurrency),
  timeout: count('Seconds to wait for each answer', {}, ASKING.timeout),
  patience: count(
    'Seconds that a question may take with its repetitions, waits and sign-in',
    {},
    ASKING.patience,
  ),
}

/** `--replay`, with or without a file. */
const replay: Option<string | undefined> = {
  told: {
    type: 'string',
    describe: "Answer every request from a recording, by default the snapshot's own",
  },
  read: (value, name) => {
    if (Array.isArray(value)) throw new InputError(`${name}: given more than once`)
    return value === undefined ? undefined : String(value)
  },
}

/** The options that `capture` shares with `cosa2stream`. */
export const CAPTURE_OPTIONS = {
  ...ASKING_OPTIONS,
  name: text("The stream's name, and its folder on the build server", {}, readName),
  url: text('The build server', { defaultDescription: "the distribution's own" }, checkUrl),
  distro: choice('The distribution', ['rhcos', 'fcos'] as const, { defaultDescription: 'rhcos' }),
  'no-signatures': flag('Write no signatures of artifacts'),
  cloud: list(
    'The clouds to ask, with commas between them; none for no cloud',
    { defaultDescription: "the snapshot's, else azure" },
    cloudNames,
    [...CLOUDS, 'none'],
  ),
  criteria: text('Which images to look for', { defaultDescription: 'built-in' }),
  ocp: text(
    'The OCP minor, X.Y',
    { defaultDescription: 'what the release or the name of the stream tells' },
    minorText,
  ),
  replay,
}

export const BUILDS = texts('Builds: ARCH=VERSION, or the URL of a meta.json')

export const CAPTURE_POSITIONALS = {
  SNAPSHOT: needed('The snapshot to write, NAME.json; its recording is NAME.recording.json'),
  BUILDS,
}

/** Those that `capture` alone has. */
export const OWN_OPTIONS = {
  stream: text('Take the releases from this stream file instead of capturing builds'),
  check: flag('Write nothing; exit 1 with what would change if the clouds say otherwise today'),
}

/** What a capture takes from the command line. */
export type CaptureArgs = ArgsOf<typeof CAPTURE_POSITIONALS> &
  ArgsOf<typeof CAPTURE_OPTIONS> &
  ArgsOf<typeof OWN_OPTIONS> &
  GlobalArgs

/** It becomes a folder in a URL, and perhaps a file. */
function readName(name: string, option: string): string {
  if (/^[\w.+-]+$/.test(name)) return name
  throw new InputError(
    `${option}: expected a stream's name such as 4.18-9.4, found ${JSON.stringify(name)}`,
  )
}

function cloudNames(names: readonly string[], option: string): readonly (CloudName | 'none')[] {
  if (names.includes('none') && names.length > 1) {
    throw new InputError(`${option} none: stands alone`)
  }
  return among([...CLOUDS, 'none'], names, option)
}

/** @throws InputError for a name that is none of those known */
function among<Name extends string>(
  known: readonly Name[],
  names: readonly string[],
  option: string,
  some = '',
): Name[] {
  return names.map((name) => {
    const found = known.find((each) => each === name)
    if (found !== undefined) return found
    const all =
      some === '' ? `${known.slice(0, -1).join(', ')} or ${known.at(-1)}` : known.join(', ')
    throw new InputError(`${option}: expected ${some}${all}, found ${JSON.stringify(name)}`)
  })
}

function minorText(text: string, option: string): string {
  if (readMajorMinor(text) !== undefined) return text
  throw new InputError(`${option}: expected X.Y such as 4.18, found ${JSON.stringify(text)}`)
}
