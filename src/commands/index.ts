import { captureCommand } from './capture.ts'
import { checkCommand } from './check.ts'
import type { Command } from './command.ts'
import { configmapCommand } from './configmap.ts'
import { cosa2streamCommand } from './cosa2stream.ts'
import { diffCommand } from './diff.ts'
import { historyCommand } from './history.ts'
import { imageCommand } from './image.ts'
import { initCommand } from './init.ts'
import { listCommand } from './list.ts'
import { regenerateCommand } from './regenerate.ts'
import { reportCommand } from './report.ts'
import { skewCommand } from './skew.ts'
import { updateCommand } from './update.ts'
import { verifyCommand } from './verify.ts'

/** A command under the pattern of its words. */
interface Entry {
  readonly command: string
  readonly describe: string
  readonly module: Command
}

export const COMMANDS: readonly Entry[] = [
  {
    command: 'init [FILES..]',
    describe: "Write a workspace for the repository's streams: stream-snapshot.json",
    module: initCommand,
  },
  {
    command: 'update [WORDS..]',
    describe: "Capture and regenerate the workspace's streams, all of them or none",
    module: updateCommand,
  },
  {
    command: 'check [STREAMS..]',
    describe: "Check that the workspace's snapshots and files belong together, offline",
    module: checkCommand,
  },
  {
    command: 'capture <SNAPSHOT> [BUILDS..]',
    describe: 'Ask the clouds and the build server, record their answers, and write a snapshot',
    module: captureCommand,
  },
  {
    command: 'regenerate <SNAPSHOT>',
    describe: 'Make the stream from a snapshot, without network or credentials',
    module: regenerateCommand,
  },
  {
    command: 'cosa2stream [BUILDS..]',
    describe: "Both at once, with plume's own command line",
    module: cosa2streamCommand,
  },
  {
    command: 'verify <SNAPSHOT..>',
    describe: 'Check that snapshots are whole, reproducible and without secrets',
    module: verifyCommand,
  },
  {
    command: 'diff <A> <B>',
    describe: 'Say what differs between two snapshots, and what that does to the stream',
    module: diffCommand,
  },
  {
    command: 'list <SNAPSHOT>',
    describe: 'List the captured images, as az vm image list does',
    module: listCommand,
  },
  {
    command: 'skew <SNAPSHOT>',
    describe: 'Say how far each image is from its build, and what is left to publish',
    module: skewCommand,
  },
  {
    command: 'image <STREAM>',
    describe: 'Print the marketplace image that a stream names',
    module: imageCommand,
  },
  {
    command: 'configmap <STREAM..>',
    describe: 'Print the coreos-bootimages ConfigMap of a stream',
    module: configmapCommand,
  },
  {
    command: 'history <PATH>',
    describe: 'Tell the life of a snapshot or a stream in git, version by version',
    module: historyCommand,
  },
  {
    command: 'report <PATH>',
    describe: 'Show the life of a snapshot or a stream on one HTML page',
    module: reportCommand,
  },
]
