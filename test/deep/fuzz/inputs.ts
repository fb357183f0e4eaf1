import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { canonicalJson, computeIntegrity } from '../../../src/core/snapshot/canonical.ts'
import { printSnapshot } from '../../../src/core/snapshot/read.ts'
import { changed, mangled, printed } from './mutate.ts'
import { Random } from './random.ts'

/** Files, and the command line that is to bear them. */
export interface Input {
  readonly files: Readonly<Record<string, Buffer>>
  readonly words: readonly string[]
}

const at = (path: string) =>
  readFileSync(fileURLToPath(new URL(`../../../${path}`, import.meta.url)))

/** The files of the demonstration, by the names that they have in an input's folder. */
const DEMONSTRATION: Readonly<Record<string, Buffer>> = {
  'stream-snapshot.json': at('stream-snapshot.json'),
  'snapshots/rhcos-4.18.json': at('snapshots/rhcos-4.18.json'),
  'snapshots/rhcos-4.18.recording.json': at('snapshots/rhcos-4.18.recording.json'),
  'snapshots/rhel-10.json': at('snapshots/rhel-10.json'),
  'snapshots/rhel-10.recording.json': at('snapshots/rhel-10.recording.json'),
  'demo/rhcos.json': at('demo/rhcos.json'),
  'demo/rhel-10.json': at('demo/rhel-10.json'),
}

/** A small snapshot and its recording, a stream for it, criteria and marketplace images. */
export interface Small {
  readonly snapshot: string
  readonly recording: string
  readonly stream: string
  readonly marketplace: string
  readonly configmap: string
}

const CRITERIA = at('src/core/criteria/criteria.json')

const LAYOUT = ['--layout', 'enhancement', '--layout', 'stream-metadata']
const OFTEN = [
  'regenerate s.json --target rhcos.json --check',
  'regenerate s.json --target rhcos.json --check --explain --allow-regression',
]

/** For each kind of file: its name, and the command lines that read it. */
const KINDS: readonly (readonly [name: string, share: number, lines: readonly string[]])[] = [
  [
    's.json',
    35,
    [
      ...OFTEN,
      'regenerate s.json',
      'regenerate s.json --target rhcos.json --json --check --keep-lost',
      `regenerate s.json --target rhcos.json ${LAYOUT.join(' ')}`,
      'regenerate s.json --target rhcos.json --marketplace-file m.json --require exact',
      'list s.json',
      'list s.json -o json',
      'list s.json -o tsv --cloud azure',
      'skew s.json --all',
      'skew s.json --target rhcos.json -o markdown --fail-on older-build',
      'skew s.json -o json --max-days 30 --min-rhel 9.4',
      'diff old.json s.json',
      'diff s.json old.json -o markdown --target rhcos.json',
      'diff old.json s.json -o json --exit-zero',
      'verify s.json',
      'verify s.json --target rhcos.json --json',
      'capture s.json --replay',
    ],
  ],
  ['s.recording.json', 15, ['verify s.json', 'capture s.json --replay', 'verify s.json --json']],
  [
    'rhcos.json',
    20,
    [
      ...OFTEN,
      `regenerate s.json --target rhcos.json ${LAYOUT.join(' ')} --allow-regression`,
      'regenerate s.json --target rhcos.json --layout none --keep-lost',
      'skew s.json --target rhcos.json',
      'image rhcos.json',
      'image rhcos.json --plan ocp --generation 1 -o install-config',
      'image rhcos.json --cloud aws --region us-east-1 -o machineset',
      'image rhcos.json --cloud gcp -o json --arch arm64',
      'configmap rhcos.json',
      'configmap one=rhcos.json two=old-rhcos.json',
      'capture t.json --stream rhcos.json --replay s.recording.json',
      'diff old.json s.json --target rhcos.json',
    ],
  ],
  [
    'c.json',
    10,
    ['capture t.json --stream rhcos.json --criteria c.json --replay s.recording.json'],
  ],
  [
    'stream-snapshot.json',
    10,
    ['check', 'list', 'skew', 'list rhel-9', 'skew rhel-10 -o json', 'verify rhel-10'],
  ],
  [
    'm.json',
    5,
    [
      'regenerate s.json --target rhcos.json --marketplace-file m.json --check',
      'image m.json -o machineset',
      'configmap rhcos.json --marketplace-file m.json',
    ],
  ],
  ['map.yaml', 5, ['image map.yaml', 'image map.yaml --plan ocp -o install-config']],
]

/** Each kind as often as its share says. */
const SHARED = KINDS.flatMap(([name, share, lines]) =>
  Array.from({ length: share }, () => ({ name, lines })),
)

/** The input of a number: always the same for a seed. */
export function inputOf(seed: string, number: number, small: Small): Input {
  const random = new Random(`${seed}/${number}`)
  const { name, lines } = random.of(SHARED)
  const words = random.of(lines).split(' ')
  const isWorkspace = name === 'stream-snapshot.json'
  const isLarge = !isWorkspace && name.startsWith('s.') && random.in(3)
  const files = isWorkspace ? { ...DEMONSTRATION } : isLarge ? large(random) : filesOf(small)
  const before = files[name] ?? Buffer.alloc(0)
  if (random.in(35)) {
    files[name] = mangled(random, before, files[random.of(Object.keys(files))] ?? before)
  } else if (name === 'map.yaml') {
    files[name] = Buffer.from(changedMap(random, before.toString()))
  } else {
    files[name] = Buffer.from(changedJson(random, name, before.toString()))
  }
  if (name === 's.recording.json' && random.in(85)) {
    const sha256 = createHash('sha256')
      .update(files[name] ?? '')
      .digest('hex')
    const snapshot = JSON.parse(String(files['s.json']))
    files['s.json'] = Buffer.from(sealed({ ...snapshot, recording: { file: name, sha256 } }))
  }
  return { files, words }
}

function filesOf({
  snapshot,
  recording,
  stream,
  marketplace,
  configmap,
}: Small): Record<string, Buffer> {
  const texts = {
    ...{
      's.json': snapshot,
      's.recording.json': recording,
      'old.json': snapshot,
      'map.yaml': configmap,
    },
    ...{ 'rhcos.json': stream, 'old-rhcos.json': stream, 'm.json': marketplace },
  }
  return {
    ...Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, Buffer.from(text)])),
    'c.json': CRITERIA,
  }
}

/** The demonstration's own, under the names of the small ones. */
function large(random: Random): Record<string, Buffer> {
  const [snapshot, target] = random.of([
    ['rhcos-4.18', 'rhcos'],
    ['rhel-10', 'rhel-10'],
  ])
  const of = (name: string) => DEMONSTRATION[name] ?? Buffer.alloc(0)
  const recording = of(`snapshots/${snapshot}.recording.json`)
  const text = String(of(`snapshots/${snapshot}.json`))
  const sha256 = createHash('sha256').update(recording).digest('hex')
  const named = sealed({ ...JSON.parse(text), recording: { file: 's.recording.json', sha256 } })
  return {
    ...{ 's.json': Buffer.from(named), 's.recording.json': recording },
    ...{ 'old.json': of('snapshots/rhcos-4.18.json'), 'rhcos.json': of(`demo/${target}.json`) },
  }
}

/** Snapshots are mostly made whole again, such that more of them is looked at. */
function changedJson(random: Random, name: string, text: string): string {
  const value = changed(random, JSON.parse(text))
  const print = random.of([
    (each: unknown) => JSON.stringify(each, undefined, 2) ?? '',
    (each: unknown) => JSON.stringify(each) ?? '',
  ])
  if (name !== 's.json' || random.in(15)) return printed(value, print)
  return printed(value, sealed)
}

function sealed(value: unknown): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return JSON.stringify(value) ?? ''
  }
  const { integrity: _, ...rest } = value as Record<string, unknown>
  return printSnapshot({ ...rest, integrity: computeIntegrity(canonicalJson(rest)) } as never)
}

/** A ConfigMap's stream is JSON within YAML, and its lines can be anything. */
function changedMap(random: Random, text: string): string {
  const lines = text.split('\n')
  const at = random.below(lines.length)
  const line = lines[at] ?? ''
  const edits = [
    [],
    [line, line],
    [` ${line}`],
    [line.trim()],
    [line.replace(/:.*/, ': &a [*a, *a]')],
  ]
  return lines.toSpliced(at, 1, ...random.of(edits)).join('\n')
}
