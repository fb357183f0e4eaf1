import { basename, resolve } from 'node:path'
import { writeFiles } from '../disk/write.ts'
import { InputError } from '../errors.ts'
import type { Command } from './command.ts'
import { type CommonArgs, once, terminalOf } from './options.ts'
import { readHistory } from './versions.ts'

export interface ReportArgs extends CommonArgs {
  readonly PATH: string
  readonly output: string
}

export const reportCommand: Command<ReportArgs> = {
  builder: (argv) =>
    argv
      .positional('PATH', {
        type: 'string',
        demandOption: true,
        describe: 'A snapshot or a stream that is in git',
      })
      .option('output', {
        alias: 'o',
        type: 'string',
        demandOption: true,
        describe: 'The page to write: one file that asks for nothing',
        coerce: once('output'),
      })
      .example(
        '$0 report snapshots/rhcos-4.18.json -o report.html  # then open it in a browser',
        '',
      ),

  async run(args) {
    const { PATH, output } = args
    if (resolve(output) === resolve(PATH)) {
      throw new InputError(`--output: ${output} is what the report is of`)
    }
    const history = await readHistory(PATH)
    const { printPage } = await import('../show/report/page.ts')
    await writeFiles([{ file: output, text: printPage(basename(PATH), history) }])
    terminalOf(args).say(
      `${output}: written, ${history.length} version${history.length === 1 ? '' : 's'}`,
    )
  },
}
