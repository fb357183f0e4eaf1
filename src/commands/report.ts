import { basename } from 'node:path'
import { InputError } from '../errors.ts'
import { counted } from '../printable.ts'
import { countVersions, fold, type PageStream, SHOWN } from '../show/report/older.ts'
import { command } from './command.ts'
import { findHistories, PATH_OPTION, showHistories, TARGET_OPTION } from './history-streams.ts'
import { needed } from './option.ts'

export const reportCommand = command({
  name: 'report',
  group: 'Review',
  describe: 'Write the git history of a snapshot or a stream as one HTML page',
  takesStreams: true,
  positionals: { PATH: PATH_OPTION },
  options: {
    file: needed('The page to write: one file without external resources'),
    target: TARGET_OPTION,
  },
  examples: [['report snapshots/rhcos-4.18.json --file report.html', 'then open it in a browser']],

  async run({ PATH, file, target }, context) {
    const { folder, terminal } = context
    const requests = await findHistories(folder, PATH, target)
    const inputs = requests
      .flatMap(({ choices }) => choices)
      .flatMap(({ main, target, marketplaceFile, workspace }) => [
        ...[main, target, marketplaceFile, workspace?.file],
      ])
    if (
      inputs.some((input) => input !== undefined && folder.resolve(input) === folder.resolve(file))
    ) {
      throw new InputError(`--file: ${file}: an input of the report`, 'Choose another file.')
    }
    const streams: PageStream[] = []
    await showHistories(requests, context, {}, async ({ title }, { versions, commits }) => {
      let stream: PageStream = {
        name: PATH === undefined ? title : basename(title),
        history: [],
        commits,
      }
      for await (const version of versions) {
        stream = { ...stream, history: [...stream.history, version] }
        // A page needs the latest versions only, however long the history is.
        if (stream.history.length > 2 * SHOWN) stream = fold(stream, SHOWN)
      }
      streams.push(fold(stream, SHOWN))
    })
    const { printPage } = await import('../show/report/page.ts')
    await folder.write([{ file, text: printPage(streams) }])
    const versions = streams.reduce((sum, stream) => sum + countVersions(stream), 0)
    const of = streams.length > 1 ? ` of ${counted(streams.length, 'stream')}` : ''
    terminal.say(`${file}: written, ${counted(versions, 'version')}${of}`)
  },
})
