import { randomBytes } from 'node:crypto'
import { styleText } from 'node:util'
import { onExit } from '../../files/lock.ts'
import type { Io, OutputName } from '../../io.ts'
import { visible, visibleLine } from '../../printable.ts'
import type { Styled } from '../../show/style.ts'
import { foldLine } from '../../show/table.ts'

type Style = Parameters<typeof styleText>[0]

/** Data goes to stdout, everything else to stderr. Control characters other than colors are escaped. */
export interface Terminal extends Styled {
  /** Prints data. Escaped characters become `\uXXXX`, as in JSON. */
  data(text: string): void
  line(line: string): void
  /** Prints the text of a file, byte for byte except on a terminal. */
  file(text: string): void
  /** Prints a line on stderr, unless `--quiet` is set. */
  say(line: string): void
  /** Prints a line on stderr, also with `--quiet`. */
  warn(line: string): void
  progress(text: string): Promise<ProgressLine>
}

export interface ProgressLine {
  update(text: string): void
  stop(): void
}

const SILENT: ProgressLine = { update: () => undefined, stop: () => undefined }

/** Replaces ESC until the text is escaped. It is random, so that files cannot contain it. */
let placeholder: string | undefined

function color(style: Style, text: string): string {
  placeholder ??= `<${randomBytes(12).toString('hex')}>`
  return styleText(style, text, { validateStream: false }).replaceAll('\u001b', placeholder)
}

function colored(text: string): string {
  return placeholder === undefined ? text : text.replaceAll(placeholder, '\u001b')
}

/** A line with colors is already folded. */
function fold(line: string, width: number | undefined): string {
  const isStyled = placeholder !== undefined && line.includes(placeholder)
  return isStyled ? colored(line) : foldLine(line, width).join('\n')
}

/** Minimum width, in columns; also used for narrower terminals. */
const MIN_WIDTH = 20

/** In columns: `COLUMNS` or the width of the terminal; undefined for complete lines. */
export function widthFor(io: Io, output: OutputName): number | undefined {
  const columns = Number(io.env.COLUMNS)
  const wanted = Number.isSafeInteger(columns) && columns > 0 ? columns : io[output].width
  return wanted === undefined ? undefined : Math.max(wanted, MIN_WIDTH)
}

/** In seconds: later, progress shows the elapsed time. */
const LONG_WAIT = 5

export interface TerminalOptions {
  readonly quiet: boolean
  /** `--color` or `--no-color`; default: color on a capable terminal. */
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
    line: (line) => stdout.write(`${fold(visibleLine(line), widthFor(io, 'stdout'))}\n`),
    say(line) {
      if (!quiet) stderr.write(`${fold(visibleLine(line), widthFor(io, 'stderr'))}\n`)
    },
    warn(line) {
      const text = `stream-snapshot: ${visibleLine(line)}`
      stderr.write(`${fold(text, widthFor(io, 'stderr'))}\n`)
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
      const line = spinner({ text: visibleLine(text), stream, handleSignals: false }).start()
      // The spinner hides the cursor.
      const forget = onExit(() => line.stop())
      const begin = Date.now()
      let shown = text
      const draw = () => {
        const seconds = Math.floor((Date.now() - begin) / 1000)
        line.text = visibleLine(seconds < LONG_WAIT ? shown : `${shown} (${seconds} s)`)
      }
      const timer = setInterval(draw, 1000)
      return {
        update(next) {
          shown = next
          draw()
        },
        stop() {
          clearInterval(timer)
          forget()
          line.stop()
        },
      }
    },
  }
}
