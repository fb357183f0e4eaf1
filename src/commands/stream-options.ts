import type { Progress } from '../capture/capture.ts'
import type { CloudOption } from '../capture/clouds/cloud.ts'
import { CLOUD_TABLE } from '../capture/clouds/index.ts'
import { isMetaUrl, isRelease, type NamedBuild, readMetaUrl } from '../core/builds/locate.ts'
import { FACTS } from '../core/clouds/index.ts'
import { REQUIREMENTS, type Requirement } from '../core/selection/select.ts'
import { ARCHITECTURES, CLOUDS, type CloudName, toArchitecture } from '../core/snapshot/snapshot.ts'
import { isLoopback, isPlainUrl } from '../core/snapshot/values.ts'
import { FILE_LAYOUT, LAYOUT_NAMES, type LayoutName } from '../core/stream/layouts.ts'
import type { StreamConfig } from '../core/workspace/workspace.ts'
import { InputError } from '../errors.ts'
import { CAPTURE_DEFAULTS, type CaptureContext, type CaptureOptions } from '../workflows/capture.ts'
import type { CloudOptions } from '../workflows/clouds.ts'
import type { RegenerateOptions } from '../workflows/regenerate.ts'
import type { Context } from './command.ts'
import {
  type ArgsOf,
  choice,
  choices,
  count,
  flag,
  list,
  type Option,
  oneOf,
  text,
  texts,
  version,
  withDefault,
} from './option.ts'
import { describeRefusal, isDryRun, type PrintArgs } from './results.ts'

/** Each cloud reads its own options, so the values have no type here. */
const CLOUD_OPTIONS: object = Object.fromEntries(
  CLOUDS.flatMap((cloud) => {
    const options: Readonly<Record<string, CloudOption>> = CLOUD_TABLE[cloud].settings.options
    return Object.entries(options).map(([name, option]) => [
      name,
      toOption(option, FACTS[cloud].title),
    ])
  }),
)

function toOption(option: CloudOption, group: string): Option<unknown> {
  const { describe, choices, isList, isUrl, read = (value: string) => value } = option
  const shown = { group, ...(option.default && { default: option.default }) }
  if (choices !== undefined) return choice(describe, choices, shown)
  if (isUrl) return text(describe, shown, checkUrl)
  if (!isList) return text(describe, shown, read)
  return list<string>(describe, shown, (names, name) =>
    names.map((each) => read(each, name)).toSorted(),
  )
}

export const QUERY_OPTIONS = {
  ...CLOUD_OPTIONS,
  drop: list<string>(
    'Remove clouds, regions, architectures of a stream',
    { values: [...CLOUDS, ...ARCHITECTURES] },
    (names) => names.map((name) => toArchitecture(name) ?? name),
  ),
  concurrency: withDefault(count('Parallel queries'), CAPTURE_DEFAULTS.concurrency),
  timeout: withDefault(count('Time limit per request'), CAPTURE_DEFAULTS.timeout / 1000),
  patience: withDefault(
    count('Query time limit, retries included'),
    CAPTURE_DEFAULTS.patience / 1000,
  ),
}

/** `--cloud`, whose value `none` is an empty list. */
export function cloudOption(describe: string, value: string) {
  const details = { default: value, values: [...CLOUDS, 'none'] }
  return list<CloudName>(describe, details, (names, option) => {
    if (names.length === 1 && names[0] === 'none') return []
    if (names.includes('none')) {
      throw new InputError(`${option}: none cannot be combined with clouds`)
    }
    return names.map((name) => oneOf([...CLOUDS, 'none'], name, option) as CloudName)
  })
}

export const OCP_OPTION = version('OCP version', '4.18', { default: 'detected' })

const replay: Option<string | undefined> = {
  describe: "Replay a recording (default: the snapshot's)",
  isOptional: true,
  read: ([first, ...others], name) => {
    if (others.length > 0) throw new InputError(`${name}: given more than once`)
    return first
  },
}

export const CAPTURE_OPTIONS = {
  ...QUERY_OPTIONS,
  name: text('Stream name and its folder on the build server'),
  url: text('Build server', { default: 'from the distribution' }, checkUrl),
  distro: choice('Distribution', ['rhcos', 'fcos'] as const, { default: 'rhcos' }),
  'no-signatures': flag('Omit the signatures of artifacts'),
  cloud: cloudOption('azure,aws,gcp or none', "the snapshot's"),
  criteria: text('Criteria', { default: "the snapshot's, else built-in" }),
  ocp: OCP_OPTION,
  replay,
}

const buildWords = texts('Build as ARCH=VERSION, or the URL of a meta.json')
export const BUILD: Option<readonly NamedBuild[]> = {
  ...buildWords,
  read: (words, name) => readBuilds(buildWords.read(words, name)),
}

export function captureOptions(
  args: ArgsOf<typeof QUERY_OPTIONS> & Pick<CaptureOptions, 'ocp' | 'replay'>,
): CaptureOptions {
  const { drop, ocp, replay, concurrency, timeout, patience } = args
  return { drop, ocp, replay, concurrency, timeout: timeout * 1000, patience: patience * 1000 }
}

/** Runs a workflow that captures, with progress on a terminal. */
export async function withCaptureContext<T>(
  file: string,
  args: CloudOptions & PrintArgs,
  context: Context,
  work: (context: CaptureContext) => Promise<T>,
): Promise<T> {
  const line = await context.terminal.progress(`${file}: querying`)
  const onProgress = (parts: readonly Progress[]) => {
    const counts = parts.map(({ name, done, total }) => `${name} ${done}/${total}`)
    line.update(`${file}: ${counts.join('  ')}`)
  }
  try {
    return await work({ ...context, cloudOptions: args, onProgress })
  } catch (error) {
    throw describeRefusal(error, context.terminal, args)
  } finally {
    line.stop()
  }
}

const layouts: readonly (LayoutName | 'none')[] = [...LAYOUT_NAMES, 'none']

export const TARGET_OPTIONS = {
  layout: choices('Layout, repeatable', layouts, { default: 'from the target' }),
  'marketplace-file': text('Marketplace images are in FILE, not in the stream'),
  require: choice('Allowed grades of images', Object.keys(REQUIREMENTS) as Requirement[], {
    default: 'any',
  }),
}

export const REGENERATE_OPTIONS = {
  target: text('Stream to update (default: print the stream)'),
  ...TARGET_OPTIONS,
  'allow-regression': flag('Allow removals, older builds and older images'),
  'keep-lost': flag('Keep the old AMI where the build has no new AMI'),
  explain: flag('Print the candidates for each image with reasons'),
}

export function regenerateOptions(
  args: ArgsOf<Pick<typeof REGENERATE_OPTIONS, 'allow-regression' | 'keep-lost'>> & PrintArgs,
): RegenerateOptions {
  return {
    allowRegression: args['allow-regression'] === true,
    keepLost: args['keep-lost'] === true,
    dryRun: isDryRun(args),
  }
}

export function targetFlags(
  args: ArgsOf<typeof TARGET_OPTIONS> & { readonly target?: string | undefined },
): Partial<StreamConfig> {
  const { target, 'marketplace-file': marketplaceFile, require, layout } = args
  const names = [...new Set(layout)]
  if (names.includes('none') && names.length > 1) {
    throw new InputError(
      '--layout none cannot be combined with other layouts',
      'Use only one of them.',
    )
  }
  if (marketplaceFile !== undefined && names.some((name) => name !== FILE_LAYOUT)) {
    throw new InputError(
      `--marketplace-file: only supports the layout ${FILE_LAYOUT}`,
      'Remove --layout or --marketplace-file.',
    )
  }
  const layouts = names.filter((name) => name !== 'none')
  return given({ target, marketplaceFile, require, ...(names.length > 0 && { layouts }) })
}

/** The options that are given, which take precedence over the settings of a workspace stream. */
export function given(
  options: {
    readonly [Key in keyof StreamConfig]?: StreamConfig[Key] | undefined
  },
): Partial<StreamConfig> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}

/**
 * Reads `ARCH=VERSION` and `https://…/meta.json`.
 *
 * @throws InputError that names the argument and what was expected
 */
export function readBuilds(texts: readonly string[]): NamedBuild[] {
  const builds = texts.map((text) =>
    /^https?:\/\//i.test(text) ? readUrl(text) : readAssignment(text),
  )
  const names = builds.map(({ architecture }) => architecture)
  const second = names.findIndex((name, at) => name !== undefined && names.indexOf(name) < at)
  if (second < 0) return builds
  throw new InputError(
    `${texts[second]}: a second build for ${names[second]}`,
    'Specify one build for each architecture.',
  )
}

function readAssignment(text: string): NamedBuild {
  const [, name, release = ''] = /^([^=]*)=(.*)$/s.exec(text) ?? []
  const architecture = toArchitecture(name ?? '')
  if (architecture !== undefined && isRelease(release)) return { architecture, release }
  const expected =
    name === undefined
      ? 'ARCH=VERSION or https://…/meta.json'
      : architecture === undefined
        ? `one of ${ARCHITECTURES.join(', ')} before the =`
        : 'a version after the ='
  throw new InputError(
    `${JSON.stringify(text)}: expected ${expected}`,
    (CLOUDS as readonly string[]).includes(text)
      ? 'Separate clouds by commas: --cloud azure,aws.'
      : 'Specify a build, for example x86_64=418.94.202410090804-0.',
  )
}

function readUrl(text: string): NamedBuild {
  const source = checkUrl(text, redactUrl(text))
  if (!isMetaUrl(source)) throw new InputError(`${text}: expected a URL that ends in /meta.json`)
  const known = readMetaUrl(source)
  return known ? { source, ...known } : { source }
}

/** A URL for an error message, without user, password and query. */
function redactUrl(text: string): string {
  return text.replace(/\/\/[^/]*@/, '//…@').replace(/[?#].*/s, '?…')
}

/**
 * Reads a URL that a snapshot may contain: `https`, or plain `http` to this machine.
 *
 * @param name of the URL in errors
 * @returns the normalized URL without a trailing slash
 */
export function checkUrl(text: string, name: string): string {
  const url = URL.canParse(text) && !/\s/.test(text) ? new URL(text) : undefined
  const plain = url?.href.replace(/\/+$/, '') ?? ''
  if (isPlainUrl(plain)) return plain
  if (url?.username || url?.password) throw new InputError(`${name}: the URL contains credentials`)
  if (/[?#]/.test(plain)) throw new InputError(`${name}: the URL contains a query or a fragment`)
  if (url?.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw new InputError(`${name}: plain http is only allowed to this machine, found ${url.origin}`)
  }
  throw new InputError(`${name}: expected an https URL, found ${JSON.stringify(redactUrl(text))}`)
}
