import { randomBytes } from 'node:crypto'
import { styleText } from 'node:util'
import { onExit } from '../../files/lock.ts'
import type { Io, OutputName } from '../../io.ts'
import { visible, visibleLine } from '../../printable.ts'
import { foldLine } from '../../show/table.ts'
import { page } from './pager.ts'

type Style = Parameters<typeof styleText>[0]

/**
 * The output of a command: data on stdout, everything else on stderr. Control characters are escaped,
 * except the colors that `style` adds.
 */
export interface Terminal {
  /** Data: what is active in it becomes `\uXXXX`, which in JSON is the same. */
  data(text: string): void
  /** A long text of data: through a pager, where a person is there. */
  page(text: string): void
  /** A line of data for the person at the terminal, in pieces that fit it. */
  line(line: string): void
  /** A file's text, as it is but on a terminal. */
  file(text: string): void
  /** A line for the person at the terminal; nothing with `--quiet`. */
  say(line: string): void
  /** A line that matters even then. */
  warn(line: string): void
  /** A line, or a part of one, of stdout or stderr: cleaned, then coloured where a terminal shows it. */
  style(style: Style, text: string, stream?: 'stdout' | 'stderr'): string
  /** The width that lines and tables are to fit; undefined where they are to be whole. */
  width(stream?: OutputName): number | undefined
  /** Shows progress on a terminal; elsewhere nothing. */
  progress(text: string): Promise<ProgressLine>
}

export interface ProgressLine {
  update(text: string): void
  stop(): void
}

const SILENT: ProgressLine = { update: () => undefined, stop: () => undefined }

/** Stands for ESC in what is yet to be made visible; no file can hold it. There is none before the first colour. */
let placeholder: string | undefined

/** @param text clean already: what is in it comes to the terminal with the colours */
function color(style: Style, text: string): string {
  placeholder ??= `<${randomBytes(12).toString('hex')}>`
  return styleText(style, text, { validateStream: false }).replaceAll('\u001b', placeholder)
}

function colored(text: string): string {
  return placeholder === undefined ? text : text.replaceAll(placeholder, '\u001b')
}

/** A line in pieces that fit; one with colours was made to fit before. */
function fitted(line: string, width: number | undefined): string {
  const isStyled = placeholder !== undefined && line.includes(placeholder)
  return isStyled ? colored(line) : foldLine(line, width).join('\n')
}

/** Narrower terminals are treated as if they had this width. */
const NARROWEST = 20

/** In columns: `COLUMNS` or the terminal's own; undefined if lines are to be complete. */
export function widthFor(io: Io, output: OutputName): number | undefined {
  const columns = Number(io.env.COLUMNS)
  const wanted = Number.isSafeInteger(columns) && columns > 0 ? columns : io[output].width
  return wanted === undefined ? undefined : Math.max(wanted, NARROWEST)
}

/** In seconds: a progress line that has been shown for longer has the elapsed time. */
const LONG_WAIT = 5

export interface TerminalOptions {
  readonly quiet: boolean
  /** What `--color` and `--no-color` say; default: color on a capable terminal. */
  readonly isColored?: boolean | undefined
}

export function openTerminal(io: Io, { quiet, isColored }: TerminalOptions): Terminal {
  const { stdout, stderr } = io
  const { NO_COLOR, FORCE_COLOR, TERM } = io.env
  const isPlain =
    isColored === undefined ? quiet || Boolean(NO_COLOR) || TERM === 'dumb' : !isColored
  const isForced =
    isColored === true ||
    (FORCE_COLOR !== undefined && FORCE_COLOR !== '0' && FORCE_COLOR !== 'false')
  const usesColor = (output: OutputName) => !isPlain && (isForced || io[output].isTerminal)
  return {
    data: (text) => stdout.write(colored(visible(text))),
    file: (text) => stdout.write(stdout.isTerminal ? visible(text) : text),
    page: (text) => page(colored(visible(text)), io),
    line: (line) => stdout.write(`${fitted(visibleLine(line), widthFor(io, 'stdout'))}\n`),
    say(line) {
      if (!quiet) stderr.write(`${fitted(visibleLine(line), widthFor(io, 'stderr'))}\n`)
    },
    warn(line) {
      const text = `stream-snapshot: ${visibleLine(line)}`
      stderr.write(`${fitted(text, widthFor(io, 'stderr'))}\n`)
    },
    width: (output = 'stderr') => widthFor(io, output),
    style(style, text, stream = 'stderr') {
      const line = visibleLine(text)
      return usesColor(stream) ? color(style, line) : line
    },
    async progress(text) {
      const stream = quiet || isPlain || !stderr.isTerminal ? undefined : stderr.stream()
      if (stream === undefined) return SILENT
      const { default: spinner } = await import('yocto-spinner')
      const line = spinner({
        text: visibleLine(text),
        stream,
        handleSignals: false,
      }).start()
      // It hides the cursor.
      const forget = onExit(() => line.stop())
      const started = io.now().getTime()
      let current = text
      const show = () => {
        const seconds = Math.floor((io.now().getTime() - started) / 1000)
        line.text = visibleLine(seconds < LONG_WAIT ? current : `${current} (${seconds} s)`)
      }
      const clock = setInterval(show, 1000).unref()
      return {
        update: (next) => {
          current = next
          show()
        },
        stop: () => {
          clearInterval(clock)
          forget()
          line.stop()
        },
      }
    },
  }
}
