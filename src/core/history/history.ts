import { InputError } from '../../errors.ts'
import type { SlotSkew } from '../audit/skew.ts'
import { type Change, compareInventories, isRegraded } from '../changes/changes.ts'
import { type Inventory, joinInventories } from '../changes/inventory.ts'
import { printSlot } from '../clouds/facts.ts'
import { BUILT_IN } from '../criteria/criteria.ts'
import { readStream, type Stream } from '../stream/stream.ts'
import {
  EMPTY,
  type FileText,
  readState,
  releaseItems,
  type State,
  type StateFiles,
} from './state.ts'

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

export interface HistoryVersion extends Commit, Pick<State, 'releases' | 'ocp' | 'slots'> {
  readonly path: string
  readonly files: readonly FileChange[]
  readonly changes: readonly Change[]
  /** Why the version is invalid. It then has the state of the version before. */
  readonly problem?: string | undefined
}

export interface Window {
  readonly since?: string | undefined
  readonly maxCount?: number | undefined
}

/** The files of a version. */
export interface VersionFiles extends Omit<StateFiles, 'target'> {
  readonly target?: FileText | undefined
}

export class HistoryReader {
  #state: State = EMPTY
  #target: Stream | undefined
  #isReadable = false
  #problem: string | undefined

  next(
    commit: Commit,
    path: string,
    { target, ...files }: VersionFiles,
    fileChanges: readonly FileChange[] = [],
  ): HistoryVersion {
    const [before, targetBefore] = [this.#state, this.#target]
    this.#target = target && (readTarget(target) ?? targetBefore)
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
    const { releases, ocp, slots } = this.#state
    return {
      ...commit,
      path,
      releases,
      ocp,
      slots,
      files: fileChanges,
      changes:
        state && !commit.isCut ? compareStates(before, targetBefore, state, this.#target) : [],
      problem,
    }
  }

  get isReadable(): boolean {
    return this.#isReadable
  }

  expectReadable(): void {
    if (this.#isReadable || this.#problem === undefined) return
    throw new InputError(this.#problem, 'Use a snapshot, a stream or a marketplace file.')
  }
}

/** An invalid target, for example with conflict markers, does not change the releases. */
function readTarget({ path, read }: FileText): Stream | undefined {
  try {
    return readStream(read(), path)
  } catch (error) {
    if (error instanceof InputError) return undefined
    throw error
  }
}

/** The changes of the files that a commit changed: the builds of a target exist before the file. */
function compareStates(
  before: State,
  targetBefore: Stream | undefined,
  after: State,
  target: Stream | undefined,
): readonly Change[] {
  const isNew = before.inventory.size === 0 && !before.hasBuildsOfTarget
  const isLent = isNew ? after.hasBuildsOfTarget : before.hasBuildsOfTarget
  const compare = (old: Inventory, fresh: Inventory) =>
    compareInventories(old, fresh, BUILT_IN.rhel).changes
  const own = compare(
    joinInventories(isLent ? releaseItems(targetBefore) : new Map(), before.inventory),
    joinInventories(after.hasBuildsOfTarget ? releaseItems(target) : new Map(), after.inventory),
  )
  if (!before.placed || !after.placed) return own
  // An image of the snapshot and of its stream that change alike are one change.
  const getName = ({ subject, before, after }: Change) =>
    subject.kind === 'slot' && [printSlot(subject.slot), before?.value, after?.value].join('\n')
  const names = new Set(own.map(getName))
  return [
    ...own,
    ...compare(before.placed, after.placed).filter(
      (change) => !isRegraded(change) && !names.has(getName(change)),
    ),
  ]
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
