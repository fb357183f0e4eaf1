import { basename } from 'node:path'
import type { HistoryVersion } from '../core/history/history.ts'
import { InputError } from '../errors.ts'
import { STDIN } from '../files/folder.ts'
import { counted } from '../printable.ts'
import { type PageStream, SHOWN } from '../show/report/stream.ts'
import { findHistories } from '../workflows/history.ts'
import { command } from './command.ts'
import { PATH_OPTION, showHistories, TARGET_OPTION } from './history.ts'
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
    const old = file === STDIN ? undefined : await folder.readIfExists(file)
    if (old !== undefined && !old.startsWith('<!doctype html>')) {
      throw new InputError(`--file: ${file}: not a page`, 'Choose another file.')
    }
    const streams: PageStream[] = []
    await showHistories(requests, context, {}, async ({ title }, { versions, commits }) => {
      // A page has the latest versions only, however long the history is.
      const latest: HistoryVersion[] = []
      let count = 0
      let begins = ''
      for await (const version of versions) {
        latest.push(version)
        if (latest.length > SHOWN) latest.shift()
        if (count === 0) begins = version.date
        count += 1
      }
      const name = PATH === undefined ? title : basename(title)
      streams.push({ name, history: latest, versions: count, begins, commits })
    })
    // Without a bundler, Node cannot load the style and the script of the page.
    const { printPage } = await import('../show/report/page.ts')
    if (file === STDIN) {
      terminal.data(printPage(streams))
      return
    }
    await folder.write([{ file, text: printPage(streams) }])
    const versions = streams.reduce((sum, stream) => sum + stream.versions, 0)
    const of = streams.length > 1 ? ` of ${counted(streams.length, 'stream')}` : ''
    terminal.say(`${file}: written, ${counted(versions, 'version')}${of}`)
  },
})
