import type { Change } from '../core/changes/changes.ts'
import type { Subject } from '../core/changes/inventory.ts'
import { groupBy } from '../core/group.ts'
import { counted } from '../printable.ts'
import { type ChangeOf, ofKind, type Row, row, signOf } from './row.ts'
import { dateOf, move } from './values.ts'

/** Architectures with the same change in one row; a removed build is printed with its size. */
export function buildRows(shown: readonly Change[], all: readonly Change[]): Row[] {
  const groups = groupBy(ofKind(shown, 'build'), (change) =>
    [signOf(change), move(change), removedParts(change, all)].join('\n'),
  )
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    if (first === undefined) return []
    const architectures = group.map(({ subject }) => subject.architecture).join(', ')
    const back = first.loss === 'older' ? ' (back to an earlier build)' : ''
    const what = `${move(first)}${back}${removedParts(first, all)}`
    return [row(first, `build ${architectures}`, what, dateOf(first.after))]
  })
}

/** ` (14 artifacts, 2 images)`: the parts that are removed with their build. */
function removedParts({ subject, after }: ChangeOf<'build'>, all: readonly Change[]): string {
  if (after !== undefined) return ''
  const isPart = (change: Change) =>
    change.follows === true &&
    isWholePart(change.subject) &&
    'architecture' in change.subject &&
    change.subject.architecture === subject.architecture
  const parts = all.filter(isPart)
  const artifacts = ofKind(parts, 'artifact').filter((each) => each.subject.format !== undefined)
  const images = ofKind(parts, 'image')
  return ` (${counted(artifacts.length, 'artifact')}, ${counted(images.length, 'image')})`
}

const PART_NOUNS = { image: 'regions', artifact: 'formats' } as const

/** Formats and regions by platform; architectures with the same change in one row. */
export function partRows(changes: readonly Change[]): Row[] {
  const parts = [...ofKind(changes, 'artifact'), ...ofKind(changes, 'image')].filter(
    ({ subject }) => isWholePart(subject),
  )
  const byArchitecture = groupBy(parts, (change) => {
    const { kind, platform, architecture } = change.subject
    return [signOf(change), kind, platform, architecture, move(change)].join('\n')
  })
  const lines = [...byArchitecture.values()].flatMap((group) => {
    const [change] = group
    const names = group.flatMap(({ subject }) =>
      subject.kind === 'image' ? (subject.region ?? []) : (subject.format ?? []),
    )
    return change ? [{ change, names }] : []
  })
  const alike = groupBy(lines, ({ change, names }) =>
    [signOf(change), change.subject.kind, change.subject.platform, ...names, move(change)].join(
      '\n',
    ),
  )
  return [...alike.values()].flatMap((group) => {
    const [first] = group
    if (first === undefined) return []
    const { change, names } = first
    const { kind, platform } = change.subject
    const architectures = group.map((each) => each.change.subject.architecture).join(', ')
    const count = names.length > 1 ? `${names.length} ${PART_NOUNS[kind]}: ` : ''
    const list = names.length > 0 ? ` · ${count}${names.join(', ')}` : ''
    return [row(change, `${kind} ${platform} ${architectures}${list}`, move(change))]
  })
}

/** Members of artifacts and images, such as signatures: the same member in one row. */
export function memberRows(changes: readonly Change[]): Row[] {
  const members = [...ofKind(changes, 'artifact'), ...ofKind(changes, 'image')]
    .filter(({ subject }) => !isWholePart(subject))
    .map((change) => ({ change, ...memberPlace(change.subject) }))
  const byArchitecture = groupBy(members, ({ change, name }) =>
    [signOf(change), name, change.subject.architecture].join('\n'),
  )
  const alike = groupBy([...byArchitecture.values()], (group) =>
    [...group.slice(0, 1).map(({ change, name }) => `${signOf(change)} ${name}`)]
      .concat(group.map(({ place }) => place))
      .join('\n'),
  )
  return [...alike.values()].flatMap(([group = [], ...others]) => {
    const [first] = group
    if (first === undefined) return []
    const places = group.map(({ place }) => place)
    const architectures = [group, ...others].map(([each]) => each?.change.subject.architecture)
    const count = places.length > 1 ? `${places.length} artifacts: ` : ''
    return [
      row(
        first.change,
        `${first.name} ${architectures.join(', ')} · ${count}${places.join(', ')}`,
        '',
      ),
    ]
  })
}

type Part = Extract<Subject, { kind: 'artifact' | 'image' }>

/** `signature` in `aws img.gz disk` */
function memberPlace(subject: Part): { readonly name: string; readonly place: string } {
  const within = subject.kind === 'artifact' ? [subject.format, subject.file] : [subject.region]
  const name = subject.member ?? (subject.kind === 'artifact' ? (subject.file ?? '') : '')
  const place = [subject.platform, ...within].filter((each) => each !== undefined && each !== name)
  return { name, place: place.join(' ') }
}

/** Whether a part is a platform, a format or an image, and not a member of one. */
function isWholePart(subject: Subject): boolean {
  if (subject.kind === 'artifact') return subject.file === undefined
  return subject.kind === 'image' && subject.member === undefined
}
