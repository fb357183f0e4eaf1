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
  describe: 'Write the git history of a snapshot or a stream as an HTML page',
  takesStreams: true,
  positionals: { PATH: PATH_OPTION },
  options: {
    file: needed('HTML page to write, without external resources'),
    target: TARGET_OPTION,
  },
  examples: [['report snapshots/rhcos-4.18.json --file report.html', 'a page for a browser']],

  async run({ PATH, file, target }, context) {
    const { folder, terminal } = context
    const requests = await findHistories(folder, PATH, target)
    const refuse = (reason: string) => {
      throw new InputError(`--file: ${file}: ${reason}`, 'Choose another file.')
    }
    const inputs = requests
      .flatMap(({ choices }) => choices)
      .flatMap(({ workspace, ...paths }) => [workspace?.file, ...Object.values(paths)])
    if (inputs.some((input) => input && folder.resolve(input) === folder.resolve(file))) {
      refuse('is an input of the report')
    }
    const old = file === STDIN ? undefined : await folder.readIfExists(file)
    if (old !== undefined && !old.startsWith('<!doctype html>'))
      refuse('exists and is not an HTML page')
    const streams: PageStream[] = []
    await showHistories(requests, context, {}, async ({ title }, { versions, commits }) => {
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
    // Imported late, as tests without a bundler cannot load the style and the script.
    const { printPage } = await import('../show/report/page.ts')
    if (file === STDIN) return terminal.data(printPage(streams))
    await folder.write([{ file, text: printPage(streams) }])
    const versions = streams.reduce((sum, stream) => sum + stream.versions, 0)
    const of = streams.length > 1 ? ` of ${counted(streams.length, 'stream')}` : ''
    terminal.say(`${file}: written, ${counted(versions, 'version')}${of}`)
  },
})
