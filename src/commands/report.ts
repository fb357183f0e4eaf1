import { basename, resolve } from 'node:path'
import { writeFiles } from '../disk/write.ts'
import { InputError } from '../errors.ts'
import { counted } from '../printable.ts'
import { command, terminalOf } from './command.ts'
import { needed } from './option.ts'
import { readHistory } from './versions.ts'

export const reportCommand = command({
  name: 'report',
  describe: 'Show the life of a snapshot or a stream on one HTML page',
  positionals: { PATH: needed('A snapshot or a stream that is in git') },
  options: {
    output: needed('The page to write: one file that asks for nothing', { alias: 'o' }),
  },
  examples: [['report snapshots/rhcos-4.18.json -o report.html', 'then open it in a browser']],
  forStream: ({ snapshot }) => ({ PATH: snapshot }),

  async run(args) {
    const { PATH, output } = args
    if (resolve(output) === resolve(PATH)) {
      throw new InputError(`--output: ${output} is what the report is of`)
    }
    const history = await readHistory(PATH)
    const { printPage } = await import('../show/report/page.ts')
    await writeFiles([{ file: output, text: printPage(basename(PATH), history) }])
    terminalOf(args).say(`${output}: written, ${counted(history.length, 'version')}`)
  },
})
