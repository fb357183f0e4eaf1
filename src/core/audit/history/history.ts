import { InputError } from '../../../errors.ts'
import { printSlot } from '../../clouds/slot.ts'
import { BUILT_IN } from '../../criteria/read.ts'
import type { Releases } from '../../selection/selections.ts'
import { SkewMemory } from '../skew/memory.ts'
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
  /** Those of the stream that is made of it, where it holds no build itself. */
  readonly releases?: Releases
  /** Set where a shallow clone begins: what the commit itself did is not known. */
  readonly isCut?: true
}

/** A version, what it says, and what it did. */
export interface HistoryVersion
  extends Omit<Version, 'text' | 'releases'>,
    Omit<State, 'contents'> {
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

const NOTHING: State = { releases: {}, contents: {}, slots: [] }

/**
 * Tells what became of a snapshot or a stream, version by version, oldest first, and keeps no more
 * than it needs for the next. A version that cannot be read, such as one with marks of a merge
 * conflict, is an event, and the next one is compared with the last that could be.
 */
export class Life {
  #state = NOTHING
  #path: string | undefined
  #problem: string | undefined
  #isReadable = false
  readonly #memory = new SkewMemory()

  tell({ text, releases, ...version }: Version): HistoryVersion {
    const { state: next, problem } = read(text, version.path, this.#memory, releases)
    const settled = next && { ...next, slots: withEmptied(this.#state.slots, next) }
    const events = [
      ...(this.#path !== undefined && this.#path !== version.path
        ? [renamed(this.#path, version.path)]
        : []),
      ...(problem === undefined ? [] : [unreadable(version.path, problem)]),
      ...(text === undefined ? [gone(version.path)] : []),
      ...(settled && !version.isCut ? eventsBetween(this.#state, settled, BUILT_IN.rhel) : []),
    ]
    this.#state = settled ?? this.#state
    this.#path = version.path
    this.#problem = problem ?? this.#problem
    this.#isReadable ||= problem === undefined
    const { contents: _, ...state } = this.#state
    return { ...version, ...state, events, ...(problem !== undefined && { problem }) }
  }

  /** Whether any version could be read so far. */
  get isReadable(): boolean {
    return this.#isReadable
  }

  /** Whether it has slots, the last time, and no release to measure them against. */
  get isUnmeasured(): boolean {
    const { releases, slots } = this.#state
    return slots.length > 0 && Object.keys(releases).length === 0
  }

  /** @throws InputError where no version could be read: that is no snapshot and no stream */
  expectReadable(): void {
    if (this.#isReadable || this.#problem === undefined) return
    throw new InputError(this.#problem, 'The history of a snapshot or of a stream can be told.')
  }
}

/**
 * The life of a snapshot or a stream from its versions, oldest first.
 *
 * @throws InputError where no version can be read: that is no snapshot and no stream
 */
export function historyOf(versions: readonly Version[], window: Window = {}): HistoryVersion[] {
  const life = new Life()
  const history = versions.map((version) => life.tell(version))
  life.expectReadable()
  return within(history, window)
}

/** The versions that are wanted. */
export function within<V extends Pick<Version, 'date'>>(
  versions: readonly V[],
  { since, maxCount }: Window,
): V[] {
  const start = since === undefined ? undefined : Date.parse(since)
  const late = versions.filter(({ date }) => start === undefined || Date.parse(date) >= start)
  return maxCount === undefined ? late : late.slice(Math.max(0, late.length - maxCount))
}

function read(
  text: Version['text'],
  path: string,
  memory: SkewMemory,
  releases: Releases | undefined,
): { state?: State; problem?: string } {
  if (text === undefined) return {}
  try {
    return { state: readState(text(), path, memory, releases) }
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
