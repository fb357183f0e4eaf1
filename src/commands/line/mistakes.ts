import { CLOUDS } from '../../core/snapshot/snapshot.ts'
import { nearest } from '../../core/workspace/nearest.ts'
import { InputError } from '../../errors.ts'
import { type Command, GLOBAL_OPTIONS, helpRemedy } from '../command.ts'
import { COMMANDS } from '../index.ts'

/**
 * Says what is wrong with a command line, in one line, and which help to read.
 *
 * @param message yargs' own, which may have several lines
 * @param words the command line, without node and the program
 */
export function mistakeIn(message: string, words: readonly string[]): InputError {
  const text = message
    .split(/\s*\n\s*/)
    .join(' ')
    .trim()
  const command = words[0] ?? ''
  const found = MESSAGES.map(([pattern, say]) => [pattern.exec(text), say] as const).find(
    ([match]) => match !== null,
  )
  const said = found?.[0] ? found[1](found[0], words) : text
  const known = commandOf(words) !== undefined
  return new InputError(
    said,
    known ? helpRemedy(command) : 'Run stream-snapshot --help for the commands.',
  )
}

type Say = (match: RegExpExecArray, words: readonly string[]) => string

function commandOf([name]: readonly string[]): Command | undefined {
  return COMMANDS.find((command) => command.name === name)
}

/** yargs' messages, and what they mean to the person at the terminal. */
const MESSAGES: readonly (readonly [pattern: RegExp, say: Say])[] = [
  [
    /^missing command$/,
    ([message], [first]) =>
      first?.startsWith('-') && !Object.hasOwn(GLOBAL_OPTIONS, nameOf(first))
        ? `unknown option: ${first}`
        : message,
  ],
  [
    /^Not enough non-option arguments: got ([0-9]+)/,
    ([, given], words) => {
      const places = Object.keys(commandOf(words)?.positionals ?? {})
      return `missing argument: ${places[Number(given)] ?? 'one more'}`
    },
  ],
  [/^Missing required argument: (\S+)/, ([, option]) => `missing option: --${option}`],
  [
    /^Did you mean (.*)\?$/,
    ([, meant], [command]) => `unknown command: ${command}; did you mean ${meant}?`,
  ],
  [
    /^(?:Implications failed|Missing dependent arguments): (\S+) -> (\S+)/,
    ([, option, other]) => `--${option} requires --${other}`,
  ],
  [
    /^Arguments (\S+) and (\S+) are mutually exclusive/,
    ([, option, other]) => `--${option} cannot be combined with --${other}`,
  ],
  [
    /^Invalid values: Argument: (\S+), Given: (.*), Choices: (.*)$/,
    ([, option, given, choices]) =>
      `${/^[A-Z]/.test(option ?? '') ? '' : '--'}${option}: expected one of ${choices?.replaceAll('"', '')}, found ${given}`,
  ],
  [/^Not enough arguments following: (\S+)/, ([, option]) => `--${option}: expected a value`],
  [/^Unknown commands?: (.*)$/, ([, names]) => `unknown command: ${names}`],
  [/^Unknown arguments?: (.*)$/, ([, names], words) => unknown(names ?? '', words)],
]

/** Options with their hyphens, as they were typed; yargs names each spelling of them. */
function unknown(names: string, words: readonly string[]): string {
  const typed = names.split(', ').flatMap((name) => {
    const option = words.find((word) => /^--?/.test(word) && nameOf(word) === name)
    return option ? [option.split('=')[0] ?? option] : words.includes(name) ? [name] : []
  })
  const [first = names] = typed.length > 0 ? typed : [names]
  if (first.startsWith('-')) return `unknown option: ${first}${meantBy(first, words)}`
  if (words[0] === first) return `unknown command: ${first}`
  return `unexpected argument: ${first}${hintFor(first)}`
}

/** The option that a mistyped one is near to. */
function meantBy(option: string, words: readonly string[]): string {
  const options = Object.keys({ ...commandOf(words)?.options, ...GLOBAL_OPTIONS })
  const meant = nearest(nameOf(option), options)
  return meant === undefined ? '' : `; did you mean --${meant}?`
}

function hintFor(word: string): string {
  if ((CLOUDS as readonly string[]).includes(word)) return '; --cloud takes one cloud here'
  return ''
}

function nameOf(word: string): string {
  return (word.split('=')[0] ?? '').replace(/^-+/, '')
}

/** Refuses what follows `--`, which yargs gives to no command. */
export function refuseAfterHyphens(words: readonly string[]): void {
  const at = words.indexOf('--')
  const next = words[at + 1]
  if (at < 0 || next === undefined || words[0] === '--get-yargs-completions') return
  throw new InputError(`unexpected argument after --: ${JSON.stringify(next)}`)
}

/** Refuses `--check=yes`, which yargs takes for a no. */
export function refuseFlagValues(flags: readonly string[], words: readonly string[]): void {
  for (const word of words) {
    const [, name = '', value] = /^--([a-z0-9-]+)=(.*)$/s.exec(word) ?? []
    if (flags.includes(name) && value !== 'true' && value !== 'false') {
      throw new InputError(`--${name}: unexpected value ${JSON.stringify(value)}`)
    }
  }
}
