import { randomBytes } from 'node:crypto'
import { styleText } from 'node:util'
import { onExit } from '../../files/lock.ts'
import type { Io, OutputName } from '../../io.ts'
import { visible, visibleLine } from '../../printable.ts'
import type { Styled } from '../../show/style.ts'
import { foldLine } from '../../show/table.ts'

type Style = Parameters<typeof styleText>[0]

/**
 * The output of a command: data on stdout, everything else on stderr. Control characters are escaped,
 * except the colors that `style` adds.
 */
export interface Terminal extends Styled {
  /** Prints data; escaped characters become `\uXXXX`, which means the same in JSON. */
  data(text: string): void
  line(line: string): void
  /** Prints the text of a file, byte for byte except on a terminal. */
  file(text: string): void
  /** Prints a line on stderr; nothing with `--quiet`. */
  say(line: string): void
  /** Prints a line on stderr also with `--quiet`. */
  warn(line: string): void
  progress(text: string): Promise<ProgressLine>
}

export interface ProgressLine {
  update(text: string): void
  stop(): void
}

const SILENT: ProgressLine = { update: () => undefined, stop: () => undefined }

/** Replaces ESC until the text around the colors is escaped. Files cannot contain it, as it is random. */
let placeholder: string | undefined

function color(style: Style, text: string): string {
  placeholder ??= `<${randomBytes(12).toString('hex')}>`
  return styleText(style, text, { validateStream: false }).replaceAll('\u001b', placeholder)
}

function colored(text: string): string {
  return placeholder === undefined ? text : text.replaceAll(placeholder, '\u001b')
}

/** A line folded to the width; a line with colors was folded before. */
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

/** When progress shows the time, in seconds. */
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
      const line = spinner({ text: visibleLine(text), stream, handleSignals: false }).start()
      // It hides the cursor.
      const forget = onExit(() => line.stop())
      const begin = Date.now()
      let shown = text
      const draw = () => {
        const seconds = Math.floor((Date.now() - begin) / 1000)
        line.text = visibleLine(seconds < LONG_WAIT ? shown : `${shown} (${seconds} s)`)
      }
      const timer = setInterval(draw, 1000)
      return {
        update: (next) => {
          shown = next
          draw()
        },
        stop: () => {
          clearInterval(timer)
          forget()
          line.stop()
        },
      }
    },
  }
}
