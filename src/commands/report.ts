import { basename } from 'node:path'
import type { HistoryVersion } from '../core/audit/history/history.ts'
import { InputError } from '../errors.ts'
import { NoVersions } from '../files/git/versions.ts'
import { counted } from '../printable.ts'
import { folded, type PageStream, SHOWN, versionsOf } from '../show/report/older.ts'
import { type Context, command, type GlobalArgs } from './command.ts'
import { needed } from './option.ts'
import { readHistory, TARGET_OPTION } from './versions.ts'

export const reportCommand = command({
  name: 'report',
  describe: 'Show the life of a snapshot or a stream on one HTML page',
  positionals: { PATH: needed('A snapshot or a stream that is in git') },
  options: {
    output: needed('The page to write: one file that asks for nothing', { alias: 'o' }),
    target: TARGET_OPTION,
  },
  examples: [['report snapshots/rhcos-4.18.json -o report.html', 'then open it in a browser']],
  forStream: ({ snapshot, target }) => ({ PATH: snapshot, target }),

  runTogether: writePage,
  run: (args, context) => writePage(new Map([[basename(args.PATH), args]]), context),
})

interface Args extends GlobalArgs {
  readonly PATH: string
  readonly output: string
  readonly target?: string | undefined
}

/** @param files by the name that the page has for each */
async function writePage(
  files: ReadonlyMap<string, Args>,
  { folder, terminal }: Context,
): Promise<void> {
  const [first] = files.values()
  if (first === undefined) return
  const streams: PageStream[] = []
  /** What is not committed yet, which keeps no other from being shown. */
  const missing: NoVersions[] = []
  for (const [name, { PATH, output, target }] of files) {
    if ([PATH, target].some((file) => file && folder.resolve(output) === folder.resolve(file))) {
      throw new InputError(`--output: ${output} is what the report is of`)
    }
    try {
      streams.push(await latestOf(name, readHistory(PATH, { folder, terminal }, {}, target)))
    } catch (error) {
      if (!(error instanceof NoVersions)) throw error
      missing.push(error)
    }
  }
  const [alone] = missing
  if (alone && streams.length === 0) throw alone
  for (const { message } of missing) terminal.say(`${message}, so that it is not on the page`)
  const { printPage } = await import('../show/report/page.ts')
  await folder.write([{ file: first.output, text: printPage(streams) }])
  const versions = streams.reduce((sum, stream) => sum + versionsOf(stream), 0)
  const of = streams.length > 1 ? ` of ${counted(streams.length, 'stream')}` : ''
  terminal.say(`${first.output}: written, ${counted(versions, 'version')}${of}`)
}

/** What a page needs of a life, however long that is. */
async function latestOf(
  name: string,
  versions: AsyncIterable<HistoryVersion>,
): Promise<PageStream> {
  let stream: PageStream = { name, history: [] }
  for await (const version of versions) {
    stream = { ...stream, history: [...stream.history, version] }
    if (stream.history.length > 2 * SHOWN) stream = folded(stream, SHOWN)
  }
  return folded(stream, SHOWN)
}
