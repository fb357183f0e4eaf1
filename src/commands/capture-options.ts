import type { Argv } from 'yargs'
import { InputError } from '../errors.ts'
import { ARCHITECTURES, CLOUDS, type CloudName, readMinor } from '../index.ts'
import { type AllCloudArgs, cloudOptions } from './clouds/index.ts'
import { type CommonArgs, once, urlOption, wholeNumber } from './options.ts'

/** What a capture takes from the command line. */
export interface CaptureArgs extends CommonArgs, AllCloudArgs {
  readonly SNAPSHOT: string
  readonly BUILDS?: readonly string[] | undefined
  readonly stream?: string | undefined
  readonly name?: string | undefined
  readonly url?: string | undefined
  readonly distro?: 'rhcos' | 'fcos' | undefined
  readonly 'no-signatures'?: boolean | undefined
  readonly cloud?: readonly (CloudName | 'none')[] | undefined
  readonly drop?: readonly string[] | undefined
  readonly check?: boolean | undefined
  readonly criteria?: string | undefined
  readonly ocp?: string | undefined
  readonly concurrency: number
  readonly timeout: number
  readonly patience: number
  readonly replay?: string | undefined
}

/** Of whom and how it is asked, which `update` takes as well. */
export function askingOptions<T>(argv: Argv<T>) {
  return cloudOptions(argv)
    .option('drop', {
      type: 'string',
      describe: 'Take these clouds and architectures out of the snapshot, with commas between them',
      coerce: partNames,
    })
    .option('concurrency', {
      default: 8,
      describe: 'How many questions to ask at a time',
      coerce: wholeNumber('concurrency'),
    })
    .option('timeout', {
      default: 30,
      describe: 'Seconds to wait for each answer',
      coerce: wholeNumber('timeout'),
    })
    .option('patience', {
      default: 120,
      describe: 'Seconds that a question may take with its repetitions, waits and sign-in',
      coerce: wholeNumber('patience'),
    })
}

/** The options that `capture` shares with `cosa2stream`. */
export function captureOptions<T>(argv: Argv<T>) {
  return askingOptions(argv)
    .positional('BUILDS', {
      type: 'string',
      array: true,
      describe: 'Builds: ARCH=VERSION, or the URL of a meta.json',
    })
    .option('name', {
      type: 'string',
      describe: "The stream's name, and its folder on the build server",
      coerce: nameOption,
    })
    .option('url', {
      type: 'string',
      describe: 'The build server',
      defaultDescription: "the distribution's own",
      coerce: urlOption('url'),
    })
    .option('distro', {
      choices: ['rhcos', 'fcos'] as const,
      describe: 'The distribution',
      defaultDescription: 'rhcos',
      coerce: once('distro') as (value: unknown) => 'rhcos' | 'fcos' | undefined,
    })
    .option('no-signatures', {
      type: 'boolean',
      describe: 'Write no signatures of artifacts',
    })
    .option('cloud', {
      type: 'string',
      describe: 'The clouds to ask, with commas between them; none for no cloud',
      defaultDescription: "the snapshot's, else azure",
      coerce: cloudNames,
    })
    .option('criteria', {
      type: 'string',
      describe: 'Which images to look for',
      defaultDescription: 'built-in',
      coerce: once('criteria'),
    })
    .option('ocp', {
      type: 'string',
      describe: 'The OCP minor, X.Y',
      defaultDescription: 'what the release or the name of the stream tells',
      coerce: minorOption,
    })
    .option('replay', {
      type: 'string',
      describe: "Answer every request from a recording, by default the snapshot's own",
      coerce: replayOption,
    })
}

/** It becomes a folder in a URL, and perhaps a file. */
function nameOption(value: unknown): string | undefined {
  const text = once('name')(value)
  if (text !== undefined && !/^[\w.+-]+$/.test(text)) {
    throw new InputError(
      `--name: expected a stream's name such as 4.18-9.4, found ${JSON.stringify(text)}`,
    )
  }
  return text
}

function cloudNames(value: unknown): (CloudName | 'none')[] | undefined {
  const text = once('cloud')(value)
  if (text === undefined) return undefined
  const names = text.split(',').map((name) => name.trim())
  const unknown = names.find(
    (name) => name !== 'none' && !(CLOUDS as readonly string[]).includes(name),
  )
  if (unknown !== undefined) {
    throw new InputError(
      `--cloud: expected ${CLOUDS.join(', ')} or none, found ${JSON.stringify(unknown)}`,
    )
  }
  if (names.includes('none') && names.length > 1) throw new InputError('--cloud none: stands alone')
  return [...new Set(names)] as (CloudName | 'none')[]
}

/** Clouds and architectures. */
function partNames(value: unknown): readonly string[] | undefined {
  const text = once('drop')(value)
  if (text === undefined) return undefined
  const known: readonly string[] = [...CLOUDS, ...ARCHITECTURES]
  const names = text.split(',').map((name) => name.trim())
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined) {
    throw new InputError(
      `--drop: expected some of ${known.join(', ')}, found ${JSON.stringify(unknown)}`,
    )
  }
  return [...new Set(names)]
}

function minorOption(value: unknown): string | undefined {
  const text = once('ocp')(value)
  if (text !== undefined && readMinor(text) === undefined) {
    throw new InputError(`--ocp: expected X.Y such as 4.18, found ${JSON.stringify(text)}`)
  }
  return text
}

function replayOption(value: unknown): string | undefined {
  if (Array.isArray(value)) throw new InputError('--replay: given more than once')
  return value as string | undefined
}
