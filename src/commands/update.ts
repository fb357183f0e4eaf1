import { capturedClouds } from '../core/snapshot/snapshot.ts'
import { hasNothing } from '../core/workspace/workspace.ts'
import { InputError } from '../errors.ts'
import { type StreamUpdate, updateStreams } from '../workflows/update.ts'
import { type OpenedWorkspace, openWorkspace, unknownStream } from '../workflows/workspace.ts'
import { command } from './command.ts'
import { PREVIEW_OPTIONS, texts } from './option.ts'
import { indented, printCapture, printRegeneration, printWrites } from './results.ts'
import {
  captureOptions,
  cloudOption,
  OCP_OPTION,
  QUERY_OPTIONS,
  REGENERATE_OPTIONS,
  readBuilds,
  regenerateOptions,
  withCaptureContext,
} from './stream-options.ts'

export const updateCommand = command({
  name: 'update',
  group: 'Repository',
  describe: 'Query builds and clouds, and update snapshots and streams',
  usage: '[STREAM [[ARCH=]VERSION ...] ...]',
  takesStreams: true,
  positionals: {
    STREAM: texts('Stream, with its new versions (default: all streams)'),
  },
  options: {
    ...QUERY_OPTIONS,
    cloud: cloudOption('azure,aws,gcp or none', "the workspace's"),
    ocp: OCP_OPTION,
    'allow-regression': REGENERATE_OPTIONS['allow-regression'],
    'keep-lost': REGENERATE_OPTIONS['keep-lost'],
    ...PREVIEW_OPTIONS,
  },
  examples: [
    ['update', 'all streams, without new builds'],
    ['update rhel-9 9.8.20260428-0 rhel-10 10.2.20260423-0', 'new builds for two streams'],
    ['update --cloud none rhel-9 9.8.20260428-0', 'without cloud credentials'],
  ],

  async run(args, context) {
    const { folder, terminal } = context
    const opened = await openWorkspace(folder)
    const options = {
      ...captureOptions(args),
      streams: readWords(args.STREAM, opened),
      clouds: args.cloud,
      ...regenerateOptions(args),
    }
    const { streams, writes } = await withCaptureContext(opened.file, args, context, (own) =>
      updateStreams(options, own),
    )
    let isWhole = true
    for (const { name, hasImages, capture, regeneration, faults } of streams) {
      const own = indented(name, terminal)
      const config = opened.streams.get(name)
      const isSkipped = capture === undefined && config !== undefined && !hasNothing(config)
      if (isSkipped || faults.length > 0) isWhole = false
      if (isSkipped && !folder.exists(config.snapshot)) {
        own.say(`${config.snapshot}: not written, as there are no builds and no cloud was queried`)
        own.say(
          `Run stream-snapshot update ${name}, or specify a build: stream-snapshot update --cloud none ${name} VERSION`,
        )
        continue
      }
      const hasClouds = capture && capturedClouds(capture.snapshot).length > 0
      if (args.cloud?.length === 0 && hasImages && !hasClouds && !capture?.dropped) {
        own.say('marketplace images: not queried, unchanged')
      }
      if (capture) printCapture(capture, own, args, regeneration)
      else own.say('nothing to query')
      if (regeneration) printRegeneration(regeneration, own, args)
      for (const { message, remedy } of faults) {
        own.say(`warning: ${message}`)
        if (remedy) own.say(`  ${remedy}`)
      }
    }
    if (writes.length === 0) terminal.say(isWhole ? 'all files: up to date' : 'no file was changed')
    return printWrites(writes, terminal, args)
  },
})

/** Reads `STREAM`, each followed by `VERSION` or `ARCH=VERSION` words. */
function readWords(words: readonly string[], { streams, file }: OpenedWorkspace): StreamUpdate[] {
  const all = [...streams.keys()]
  const versions = new Map<string, string[]>()
  let name = all.length === 1 ? all[0] : undefined
  for (const word of words) {
    const [prefix = '', version] = word.split('=')
    if (streams.has(word)) {
      name = word
      versions.set(name, versions.get(name) ?? [])
    } else if (!/^[0-9]+\.[0-9]|^[^:/]+=/.test(word)) {
      // A release begins with its RHEL or OCP version.
      throw unknownStream(word, all, file)
    } else if (name === undefined || streams.has(prefix)) {
      const stream = [prefix, ...words].find((each) => streams.has(each)) ?? 'STREAM'
      throw new InputError(
        `${word}: a version without a stream`,
        `Put the stream before its version: ${stream} ${streams.has(prefix) ? version : word}`,
      )
    } else {
      versions.set(name, [...(versions.get(name) ?? []), word])
    }
  }
  return [...versions].map(([each, own]) => toUpdate(each, own))
}

function toUpdate(name: string, words: readonly string[]): StreamUpdate {
  const isBuild = (word: string) => word.includes('=')
  const [release, other] = words.filter((word) => !isBuild(word))
  if (other !== undefined) {
    throw new InputError(`${name}: two versions, ${release} and ${other}`, 'Use only one of them.')
  }
  const builds = readBuilds(words.filter(isBuild)).map((build) => [
    build.architecture,
    build.release,
  ])
  return {
    name,
    ...(release !== undefined && { release }),
    ...(builds.length > 0 && { builds: Object.fromEntries(builds) }),
  }
}
