import { join } from 'node:path'
import { getReleases } from '../core/stream/stream.ts'
import { printMajorMinor } from '../core/versions/version.ts'
import { type InitStream, initWorkspace } from '../workflows/init.ts'
import { command } from './command.ts'
import { texts } from './option.ts'
import { OCP_OPTION } from './stream-options.ts'

export const initCommand = command({
  name: 'init',
  group: 'Repository',
  describe: "Write stream-snapshot.json for the repository's streams",
  positionals: {
    STREAM_FILE: texts('Stream file (default: all in the usual folders)'),
  },
  options: { ocp: OCP_OPTION },
  examples: [
    ['init', 'find the streams of a repository'],
    ['init rhcos.json', 'use only this stream'],
    ['init --ocp 4.22', 'set the OCP version if none is found'],
  ],

  async run({ STREAM_FILE: files, ocp }, context) {
    const { terminal } = context
    const { written, root, streams, conflicts } = await initWorkspace({ files, ocp }, context)
    for (const stream of streams) terminal.say(describeStream(stream, root))
    for (const conflict of conflicts) terminal.say(`warning: ${conflict}`)
    terminal.say(`${[...written].reverse().join(' and ')}: written`)
    terminal.say('Next: stream-snapshot update    queries the clouds and writes the files')
    terminal.say('      stream-snapshot update --cloud none STREAM VERSION')
    terminal.say('                                updates builds, without credentials')
    terminal.say('      stream-snapshot check     verifies them offline, for example in CI')
  },
})

/** The files of a stream, its releases, its OCP version with the evidence, and its layouts. */
function describeStream({ name, config, content, ocp }: InitStream, root: string): string {
  const files = [config.target, config.marketplaceFile].flatMap((each) => each ?? [])
  const releases = [...new Set(getReleases(content).values())].join(' and ') || 'no release'
  return [
    `${name}: ${files.map((each) => join(root, each)).join(' with ')}`,
    releases,
    ...(ocp?.ocp === undefined ? ['no marketplace images'] : [describeOcp(ocp)]),
    ...(ocp && config.layouts ? [`layout ${config.layouts.join(' and ')}`] : []),
  ].join(', ')
}

/** `OCP 4.22 from SKU aro_422-v2 (a guess)` */
function describeOcp({ ocp, source, evidence, isGuess }: NonNullable<InitStream['ocp']>): string {
  const by = source === 'release' ? '' : ` from ${evidence}`
  return `OCP ${ocp ? printMajorMinor(ocp) : ''}${by}${isGuess ? ' (a guess)' : ''}`
}
