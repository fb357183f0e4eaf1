import { GLOBAL_OPTIONS } from '../../src/commands/command.ts'
import { COMMANDS } from '../../src/commands/index.ts'
import { EPILOGUE, patternOf } from '../../src/commands/line/parse.ts'
import type { Option, OptionTable } from '../../src/commands/option.ts'
import { VERSION } from '../../src/version.ts'

/** The manual page, from the tables that the command line is read by. */
export function manualPage(): string {
  return [
    `.TH STREAM-SNAPSHOT 1 "" "stream-snapshot ${VERSION}" "User Commands"`,
    '.SH NAME',
    'stream\\-snapshot \\- marketplace images in CoreOS streams',
    '.SH SYNOPSIS',
    '.B stream\\-snapshot',
    '.I COMMAND',
    '.SH DESCRIPTION',
    text('Capture once, with credentials; regenerate anywhere, without.'),
    '.SH COMMANDS',
    ...COMMANDS.flatMap((command) => [
      `.SS ${text(patternOf(command))}`,
      text(`${command.describe}.`),
      ...entries(command.positionals, ''),
      ...entries(command.options, '--'),
      ...command.examples.flatMap(([line, what]) => [
        '.PP',
        `${text(what)}:`,
        '.EX',
        text(`stream-snapshot ${line}`),
        '.EE',
      ]),
    ]),
    '.SH OPTIONS',
    ...entries(GLOBAL_OPTIONS, '--'),
    '.SH EXIT STATUS AND GRADES',
    ...EPILOGUE.split('\n\n').flatMap((part) => ['.PP', text(part.replaceAll('\n', ' '))]),
    '',
  ].join('\n')
}

function entries(table: OptionTable, prefix: string): string[] {
  return Object.entries(table).flatMap(([name, option]) => [
    '.TP',
    `.B ${text(`${prefix}${name}`)}`,
    text(describe(option)),
  ])
}

function describe({ told }: Option<unknown>): string {
  const { describe: what = '', choices, defaultDescription } = told
  const fallback = told.default ?? defaultDescription
  return [
    `${what}.`,
    ...(choices ? [`One of ${choices.join(', ')}.`] : []),
    ...(fallback === undefined ? [] : [`Default: ${fallback}.`]),
  ].join(' ')
}

/** Nothing in it is an order to troff. */
function text(plain: string): string {
  return plain
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/, '\\&$1')
}
