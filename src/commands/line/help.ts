import { foldLine } from '../../show/table.ts'
import { type Command, GLOBAL_OPTIONS, GROUPS } from '../command.ts'
import type { Option, OptionTable } from '../option.ts'

/** The placeholders of option values in the help, the same in all commands. */
const PLACEHOLDERS: Readonly<Record<string, readonly string[]>> = {
  ARCH: ['arch'],
  CLOUD: ['cloud'],
  DATE: ['since'],
  FILE: ['criteria', 'file', 'marketplace-file', 'merge', 'snapshot', 'stream', 'target'],
  '[FILE]': ['replay'],
  FORMAT: ['output'],
  GEN: ['generation'],
  GRADE: ['fail-on'],
  RULE: ['require'],
  ID: ['subscription'],
  LAYOUT: ['layout'],
  LIST: ['drop', 'regions'],
  N: ['concurrency', 'max-count', 'max-days'],
  NAME: ['azure-environment', 'distro', 'name', 'stream-name'],
  PLAN: ['plan'],
  POOL: ['pool'],
  REGION: ['location', 'region'],
  REVISION: ['base'],
  SECONDS: ['patience', 'timeout'],
  TEXT: ['offer', 'publisher', 'sku'],
  URL: ['azure-endpoint', 'gcp-endpoint', 'url'],
  'X.Y': ['min-rhel', 'ocp'],
}

const EXIT_CODES: readonly Entry[] = [
  ['0', 'success; no difference'],
  ['1', 'a check failed: a difference, skew over a limit, a refused removal'],
  ['2', 'invalid command line or input file'],
  ['3', 'a cloud, the build server or the credentials failed; no file changed'],
  ['70', 'internal error'],
]

const GRADES: readonly Entry[] = [
  ['exact', 'same build'],
  ['newer-build', 'same OCP and RHEL version, a later build'],
  ['older-build', 'same OCP and RHEL version, an earlier build'],
  ['older-release', 'an earlier OCP or RHEL version'],
  ['older-rhel-major', 'the previous RHEL major version'],
]

type Entry = readonly [name: string, text: string]

export interface HelpSection {
  readonly title: string
  readonly entries: readonly Entry[]
}

export function overview(commands: readonly Command[]): HelpSection[] {
  const help = {
    group: 'Other',
    name: 'help',
    describe: 'Show the help of a command: help COMMAND',
  }
  const groups = GROUPS.map((title): HelpSection => {
    const own = [...commands, help].filter(({ group }) => group === title)
    return { title, entries: own.map(({ name, describe }) => [name, describe]) }
  })
  return [
    ...groups,
    { title: 'Global options', entries: optionEntries(GLOBAL_OPTIONS) },
    { title: 'Grades of an image, from the best', entries: GRADES },
    { title: 'Exit codes', entries: EXIT_CODES },
  ]
}

/** The sections below the usage and the examples of a command. */
export function commandSections({ positionals, options }: Command): HelpSection[] {
  const groups = new Map<string, OptionTable>([['Options', {}]])
  for (const [name, option] of Object.entries(options)) {
    const title = option.group ?? 'Options'
    groups.set(title, { ...groups.get(title), [name]: option })
  }
  const places = Object.entries(positionals)
    .filter(([, { isHidden }]) => !isHidden)
    .map(([name, option]): Entry => [name, description(option)])
  const sections = [...groups].map(([title, table]) => ({ title, entries: optionEntries(table) }))
  return [
    { title: 'Arguments', entries: places },
    ...sections,
    { title: 'Values', entries: [...groups.values()].flatMap(longChoices) },
    { title: 'Global options', entries: optionEntries(GLOBAL_OPTIONS) },
  ].filter(({ entries }) => entries.length > 0)
}

export function printOverview(commands: readonly Command[], width: number | undefined): string {
  return [
    'Usage: stream-snapshot COMMAND [OPTIONS]',
    '',
    ...foldLine('Marketplace images in CoreOS streams: capture once, regenerate anywhere.', width),
    ...printSections(overview(commands), width),
    '',
    ...foldLine('stream-snapshot COMMAND --help shows the options of a command.', width),
    '',
  ].join('\n')
}

export function printHelp(command: Command, width: number | undefined): string {
  const fold = (line: string) => foldLine(line, width)
  return [
    ...fold(`Usage: stream-snapshot ${usage(command)}`),
    '',
    ...fold(`${command.describe}.`),
    '',
    'Examples:',
    ...command.examples.flatMap(([line, what]) => [
      ...fold(`  # ${what}`),
      ...foldCommand(`  stream-snapshot ${line}`, width),
    ]),
    ...printSections(commandSections(command), width),
    '',
  ].join('\n')
}

export function usage({ name, positionals, usage: own, takesSnapshots }: Command): string {
  const places = Object.entries(positionals).map(([place, { isList, isNeeded }]) => {
    const each = isList ? `${place} ...` : place
    return isNeeded && !takesSnapshots ? each : `[${each}]`
  })
  return [name, ...(own === undefined ? places : [own]), '[OPTIONS]'].join(' ')
}

function printSections(sections: readonly HelpSection[], width: number | undefined): string[] {
  return sections.flatMap(({ title, entries }) => {
    const column = Math.max(0, ...entries.map(([name]) => name.length))
    return [
      '',
      `${title}:`,
      ...entries.flatMap(([name, text]) =>
        foldLine(`  ${name.padEnd(column)}  ${text}`.trimEnd(), width),
      ),
    ]
  })
}

/** A command line that continues over several lines. */
function foldCommand(line: string, width: number | undefined): string[] {
  const rows: string[] = ['']
  for (const word of line.trimStart().split(' ')) {
    const last = rows.at(-1) ?? ''
    if (last !== '' && width !== undefined && last.length + word.length + 5 > width) rows.push(word)
    else rows.splice(-1, 1, last === '' ? word : `${last} ${word}`)
  }
  return rows.map(
    (row, at) => `${at === 0 ? '  ' : '    '}${row}${at < rows.length - 1 ? ' \\' : ''}`,
  )
}

/** In columns: an option has one line. */
const LINE = 80

/** One line for each option, with its choices if they fit. */
function optionEntries(table: OptionTable): Entry[] {
  return Object.entries(table).map(([name, option]) => [
    optionName(name, option),
    fitsLine(option, table) ? description(option) : description(option, []),
  ])
}

/** The choices that do not fit in the lines of their options. */
function longChoices(table: OptionTable): Entry[] {
  return Object.entries(table).flatMap(([name, option]): Entry[] =>
    option.choices && !fitsLine(option, table) ? [[`--${name}`, option.choices.join(', ')]] : [],
  )
}

function fitsLine(option: Option<unknown>, table: OptionTable): boolean {
  const lengths = Object.entries(table).map(([name, each]) => optionName(name, each).length)
  return description(option).length <= LINE - Math.max(0, ...lengths) - 4
}

/** `-o, --output FORMAT`; `    --target FILE` */
function optionName(name: string, { alias, isFlag }: Option<unknown>): string {
  const short = alias === undefined ? '    ' : `-${alias}, `
  return `${short}--${name}${isFlag ? '' : ` ${placeholder(name)}`}`
}

function description(option: Option<unknown>, choices = option.choices ?? []): string {
  return [
    option.describe,
    ...(choices.length > 0 ? [`: ${choices.join(', ')}`] : []),
    ...(option.default === undefined ? [] : [` (default: ${option.default})`]),
  ].join('')
}

function placeholder(option: string): string {
  const found = Object.entries(PLACEHOLDERS).find(([, options]) => options.includes(option))
  return found?.[0] ?? 'VALUE'
}
