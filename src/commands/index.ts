import type { Command } from './command.ts'

interface Entry {
  readonly command: string
  readonly describe: string
  readonly load: () => Promise<Command>
}

export const COMMANDS: readonly Entry[] = [
  {
    command: 'init [FILES..]',
    describe: "Write a workspace for the repository's streams: stream-snapshot.json",
    load: async () => (await import('./init.ts')).initCommand,
  },
  {
    command: 'update [WORDS..]',
    describe: "Capture and regenerate the workspace's streams, all of them or none",
    load: async () => (await import('./update.ts')).updateCommand,
  },
  {
    command: 'check [STREAMS..]',
    describe: "Check that the workspace's snapshots and files belong together, offline",
    load: async () => (await import('./check.ts')).checkCommand,
  },
  {
    command: 'capture <SNAPSHOT> [BUILDS..]',
    describe: 'Ask the clouds and the build server, record their answers, and write a snapshot',
    load: async () => (await import('./capture.ts')).captureCommand,
  },
  {
    command: 'regenerate <SNAPSHOT>',
    describe: 'Make the stream from a snapshot, without network or credentials',
    load: async () => (await import('./regenerate.ts')).regenerateCommand,
  },
  {
    command: 'cosa2stream [BUILDS..]',
    describe: "Both at once, with plume's own command line",
    load: async () => (await import('./cosa2stream.ts')).cosa2streamCommand,
  },
  {
    command: 'verify <SNAPSHOT..>',
    describe: 'Check that snapshots are whole, reproducible and without secrets',
    load: async () => (await import('./verify.ts')).verifyCommand,
  },
  {
    command: 'diff <A> <B>',
    describe: 'Say what differs between two snapshots, and what that does to the stream',
    load: async () => (await import('./diff.ts')).diffCommand,
  },
  {
    command: 'list <SNAPSHOT>',
    describe: 'List the captured images, as az vm image list does',
    load: async () => (await import('./list.ts')).listCommand,
  },
  {
    command: 'skew <SNAPSHOT>',
    describe: 'Say how far each image is from its build, and what is left to publish',
    load: async () => (await import('./skew.ts')).skewCommand,
  },
  {
    command: 'image <STREAM>',
    describe: 'Print the marketplace image that a stream names',
    load: async () => (await import('./image.ts')).imageCommand,
  },
  {
    command: 'configmap <STREAM..>',
    describe: 'Print the coreos-bootimages ConfigMap of a stream',
    load: async () => (await import('./configmap.ts')).configmapCommand,
  },
  {
    command: 'history <PATH>',
    describe: 'Tell the life of a snapshot or a stream in git, version by version',
    load: async () => (await import('./history.ts')).historyCommand,
  },
  {
    command: 'report <PATH>',
    describe: 'Show the life of a snapshot or a stream on one HTML page',
    load: async () => (await import('./report.ts')).reportCommand,
  },
]
