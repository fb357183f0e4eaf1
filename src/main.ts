import { untilDone } from './commands/line/failure.ts'
import { runWords } from './commands/line/parse.ts'
import { fileError } from './files/error.ts'

/** Runs the command line. */
void untilDone(async () => {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // A reader of the help that has enough, such as `head`, is no fault of ours.
    if (error.code === 'EPIPE') process.exit(141)
    throw fileError('stdout', error)
  })
  await runWords(process.argv.slice(2))
})
