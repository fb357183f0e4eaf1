import { InputError } from '../../../errors.ts'
import { printSlot } from '../../clouds/slot.ts'
import { BUILT_IN } from '../../criteria/read.ts'
import { eventsBetween, type HistoryEvent } from './events.ts'
import type { SlotState, State } from './slot-state.ts'
import { readState } from './state.ts'

/** A file as a commit left it. */
export interface Version {
  /** Hexadecimal, whole. */
  readonly commit: string
  /** RFC 3339, UTC, whole seconds. */
  readonly date: string
  /** The first line of the commit's message. */
  readonly subject: string
  /** The file's name then. */
  readonly path: string
  /** Gives the text or throws InputError; absent where the commit removed the file. */
  readonly text?: () => string
  /** Set where a shallow clone begins: what the commit itself did is not known. */
  readonly isCut?: true
}

/** A version, what it says, and what it did. */
export interface HistoryVersion extends Omit<Version, 'text'>, State {
  readonly events: readonly HistoryEvent[]
  /** Why it cannot be read; then it says what the version before it said. */
  readonly problem?: string
}

/** Which versions are wanted. The one before the first of them still tells what that one did. */
export interface Window {
  /** RFC 3339: from then on. */
  readonly since?: string | undefined
  /** The last so many. */
  readonly maxCount?: number | undefined
}

const NOTHING: State = { releases: {}, slots: [] }

/**
 * What became of a snapshot or a stream, version by version, oldest first. A version that cannot be
 * read, such as one with marks of a merge conflict, is an event, and the next one is compared with
 * the last that could be.
 *
 * @throws InputError where no version can be read: that is no snapshot and no stream
 */
export function historyOf(versions: readonly Version[], window: Window = {}): HistoryVersion[] {
  const history: HistoryVersion[] = []
  let state: State = NOTHING
  let path: string | undefined
  for (const { text, ...version } of versions) {
    const { state: next, problem } = read(text, version.path)
    const settled = next && { ...next, slots: withEmptied(state.slots, next) }
    const events = [
      ...(path !== undefined && path !== version.path ? [renamed(path, version.path)] : []),
      ...(problem === undefined ? [] : [unreadable(version.path, problem)]),
      ...(text === undefined ? [gone(version.path)] : []),
      ...(settled && !version.isCut ? eventsBetween(state, settled, BUILT_IN.rhel) : []),
    ]
    state = settled ?? state
    path = version.path
    history.push({ ...version, ...state, events, ...(problem !== undefined && { problem }) })
  }
  const faults = history.filter(({ problem }) => problem !== undefined)
  if (history.length > 0 && faults.length === history.length) {
    throw new InputError(
      faults.at(-1)?.problem ?? '',
      'The history of a snapshot or of a stream can be told.',
    )
  }
  return within(history, window)
}

function within(history: HistoryVersion[], { since, maxCount }: Window): HistoryVersion[] {
  const start = since === undefined ? undefined : Date.parse(since)
  const late = history.filter(({ date }) => start === undefined || Date.parse(date) >= start)
  return maxCount === undefined ? late : late.slice(Math.max(0, late.length - maxCount))
}

function read(text: Version['text'], path: string): { state?: State; problem?: string } {
  if (text === undefined) return {}
  try {
    return { state: readState(text(), path) }
  } catch (error) {
    if (error instanceof InputError) return { problem: error.message.split('\n')[0] ?? '' }
    throw error
  }
}

/** A stream shows no place that it has no image for; what it once had is known to be empty. */
function withEmptied(before: readonly SlotState[], { releases, slots }: State): SlotState[] {
  const known = new Set(slots.map(({ slot }) => printSlot(slot)))
  const emptied = before
    .filter(({ slot }) => !known.has(printSlot(slot)))
    .map(({ slot }): SlotState => {
      const release = releases[slot.architecture]
      return { slot, ...(release !== undefined && { release }) }
    })
  return [...slots, ...emptied]
}

function renamed(before: string, after: string): HistoryEvent {
  return { kind: 'file renamed', subject: after, before, after }
}

function unreadable(subject: string, problem: string): HistoryEvent {
  return { kind: 'unreadable', subject, problem }
}

function gone(subject: string): HistoryEvent {
  return { kind: 'file removed', subject }
}
