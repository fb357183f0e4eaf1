import { COMMANDS } from '../../src/commands/index.ts'
import { commandSections, type HelpSection, overview, usage } from '../../src/commands/line/help.ts'
import { VERSION } from '../../src/version.ts'

/** Generates the manual page from the definitions of the commands. */
export function manualPage(): string {
  return [
    `.TH STREAM-SNAPSHOT 1 "" "stream-snapshot ${VERSION}" "User Commands"`,
    '.SH NAME',
    'stream\\-snapshot \\- marketplace images in CoreOS streams',
    '.SH SYNOPSIS',
    '.B stream\\-snapshot',
    '.I COMMAND',
    '[OPTIONS]',
    '.SH DESCRIPTION',
    text('Capture once, with credentials; regenerate anywhere, without.'),
    ...overview(COMMANDS).flatMap((section) => [
      `.SH ${section.title.toUpperCase()}`,
      ...entries(section),
    ]),
    '.SH COMMANDS',
    ...COMMANDS.flatMap((command) => [
      `.SS ${text(usage(command))}`,
      text(`${command.describe}.`),
      ...command.examples.flatMap(([line, what]) => [
        '.PP',
        `${text(what)}:`,
        '.EX',
        text(`stream-snapshot ${line}`),
        '.EE',
      ]),
      ...commandSections(command)
        .filter(({ title }) => title !== 'Global options')
        .flatMap((section) => ['.PP', text(`${section.title}:`), ...entries(section)]),
    ]),
    '',
  ].join('\n')
}

function entries(section: HelpSection): string[] {
  return section.entries.flatMap(([name, what]) => ['.TP', `.B ${text(name.trim())}`, text(what)])
}

/** Escapes text for troff. */
function text(plain: string): string {
  return plain
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/, '\\&$1')
}
