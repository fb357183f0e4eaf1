import { styleText } from 'node:util'

type Style = Parameters<typeof styleText>[0]

/** Where a command speaks: data on stdout, all else on stderr. */
export interface Terminal {
  /** Data, as it is. */
  data(text: string): void
  /** A line for the person at the terminal; nothing with `--quiet`. */
  say(line: string): void
  /** A line that matters even then. */
  warn(line: string): void
  /** Colours a text of stdout or of stderr where a terminal shows it. */
  style(style: Style, text: string, stream?: 'stdout' | 'stderr'): string
  /** Shows progress on a terminal; elsewhere nothing. */
  progress(text: string): Promise<ProgressLine>
}

export interface ProgressLine {
  update(text: string): void
  stop(): void
}

const SILENT: ProgressLine = { update: () => undefined, stop: () => undefined }

export function openTerminal({ quiet }: { readonly quiet: boolean }): Terminal {
  const lively = (stream: 'stdout' | 'stderr') =>
    !quiet && process[stream].isTTY === true && !process.env.NO_COLOR
  return {
    data: (text) => void process.stdout.write(text),
    say: (line) => void (quiet || process.stderr.write(`${line}\n`)),
    warn: (line) => void process.stderr.write(`stream-snapshot: ${line}\n`),
    style: (style, text, stream = 'stderr') =>
      lively(stream) ? styleText(style, text, { validateStream: false }) : text,
    async progress(text) {
      if (!lively('stderr')) return SILENT
      const { default: spinner } = await import('yocto-spinner')
      const line = spinner({ text, stream: process.stderr }).start()
      return {
        update: (next) => {
          line.text = next
        },
        stop: () => void line.stop(),
      }
    },
  }
}
