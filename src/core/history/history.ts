import { InputError } from '../../errors.ts'
import type { SlotSkew } from '../audit/skew.ts'
import { type Change, compareInventories } from '../changes/changes.ts'
import { printSlot } from '../clouds/facts.ts'
import { BUILT_IN } from '../criteria/criteria.ts'
import { canRead, EMPTY, type FileText, readState, type State, type StreamFiles } from './state.ts'

export interface Commit {
  readonly commit: string
  readonly date: string
  readonly subject: string
  /** Set for the first commit of a shallow clone, whose changes are unknown. */
  readonly isCut?: true
}

export interface FileChange {
  readonly change: 'renamed' | 'removed'
  readonly path: string
  readonly from?: string
}

export interface HistoryVersion extends Commit, Omit<State, 'inventory' | 'vacant' | 'builds'> {
  readonly path: string
  readonly files: readonly FileChange[]
  readonly changes: readonly Change[]
  /** Why the version is invalid. It then has the state of the version before. */
  readonly problem?: string
}

export interface Window {
  readonly since?: string | undefined
  readonly maxCount?: number | undefined
}

export class HistoryReader {
  #state: State = EMPTY
  #target: FileText | undefined
  #isReadable = false
  #problem: string | undefined

  next(
    commit: Commit,
    path: string,
    files: StreamFiles,
    fileChanges: readonly FileChange[] = [],
  ): HistoryVersion {
    const before = this.#state
    // An invalid target, for example with conflict markers, does not change the releases.
    if (files.target === undefined || canRead(files.target)) this.#target = files.target
    let [state, problem]: [State?, string?] = []
    try {
      state = readState({ ...files, target: this.#target }, before)
      this.#state = withEmptySlots(before.slots, state)
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      problem = error.message.split('\n')[0] ?? ''
    }
    this.#isReadable ||= state !== undefined
    this.#problem ??= problem
    const { inventory, vacant: _, builds: __, ...rest } = this.#state
    const { changes } =
      state === undefined || commit.isCut
        ? { changes: [] }
        : compareInventories(before.inventory, inventory, BUILT_IN.rhel)
    const version = { ...commit, path, ...rest, files: fileChanges, changes }
    return problem === undefined ? version : { ...version, problem }
  }

  get isReadable(): boolean {
    return this.#isReadable
  }

  get releases(): string {
    return JSON.stringify(this.#state.releases)
  }

  expectReadable(): void {
    if (this.#isReadable || this.#problem === undefined) return
    throw new InputError(this.#problem, 'Use a snapshot, a stream or a marketplace file.')
  }
}

/** Keeps the slots whose image was removed, if the criteria still have them. */
function withEmptySlots(before: readonly SlotSkew[], state: State): State {
  if (state.vacant === undefined) return state
  const known = new Set(state.slots.map(({ slot }) => printSlot(slot)))
  const vacant = new Map(state.vacant.map((each) => [printSlot(each.slot), each]))
  const empty = before.flatMap(({ slot }): SlotSkew[] => {
    const release = state.releases[slot.architecture]
    if (known.has(printSlot(slot)) || release === undefined) return []
    const hasCloud = state.slots.some((each) => each.slot.cloud === slot.cloud)
    return hasCloud ? [vacant.get(printSlot(slot)) ?? []].flat() : [{ slot, release }]
  })
  return { ...state, slots: [...state.slots, ...empty] }
}
