import type { Random } from './random.ts'

type Members = Record<string, unknown>

/** Texts that mean something to a language, a cloud, a file system or a terminal. */
const TEXTS = [
  ...['', ' ', '-', '--help', '0', 'null', 'true', 'NaN', '1e999', '__proto__', 'constructor'],
  ...[
    'toString',
    'hasOwnProperty',
    'prototype',
    '\u0000',
    'a\u0000b',
    '\ud800',
    'x\udc00',
    '\u2028',
  ],
  ...['\u202egnp', '\u001b[31m', '\n', '\r\n\t', 'İı', '😀'.repeat(99), 'a'.repeat(100_000)],
  ...[
    'x'.repeat(300),
    'a.'.repeat(20_000),
    '../../etc/passwd',
    '/dev/zero',
    'C:\\x',
    '%00%zz',
    '$x',
  ],
  ...[
    'https://',
    'https://[',
    'https://:::::',
    'https://a:99999/',
    'http://169.254.169.254/',
    'file:///x',
  ],
  ...[
    '4.18',
    '4.2',
    '99.99',
    '5.0',
    '0.0',
    '418.94.202410090804-0',
    '9.6.20251015-1',
    '4.18.2025031114',
  ],
  ...[
    '418.94.99999999',
    '10.2.20260101',
    '418.94.202413459999-0',
    '2024-13-45T99:99:99Z',
    '+275760-09-13',
  ],
  ...[
    '0000-00-00T00:00:00Z',
    '9999-12-31T23:59:59Z',
    'azure',
    'aws',
    'gcp',
    'x86_64',
    'aarch64',
    'ocp',
  ],
  ...[
    'no-purchase-plan',
    'us-east-1',
    'deprecated',
    'scheduled-for-deprecation',
    'GET',
    'deadbeef',
    '1f8b08',
  ],
]

const NUMBERS = [0, -0, -1, 1, 2, 0.5, 200, 404, 1e21, 2 ** 53, -(2 ** 63), 1e308, 5e-324]

/** What no value of ours is printed as; each stands for a text `@RAW:0@` until the end. */
const RAW = [
  ...['1e999', '-1e999', '-0', '1E+2', '1.0', '9'.repeat(400), '1e-999', '"\\ud800"', '"\\u0000"'],
  ...['{"a":1,"a":2}', '{"__proto__":{"a":1}}', '{"constructor":{"prototype":{"a":1}}}', '{"":0}'],
  ...['NaN', 'Infinity', '01', '+1', '.5', "'x'", '/**/1', '\ufeff1', '"\t"', '"\\x"', '[1,]', ''],
  ...[1100, 20_000].flatMap((deep) => [
    '['.repeat(deep) + ']'.repeat(deep),
    `${'{"a":'.repeat(deep)}1${'}'.repeat(deep)}`,
  ]),
]

/** A value with some places of it changed; what cannot be a value is put in by `printed`. */
export function changed(random: Random, value: unknown): unknown {
  const holder: Members = { root: structuredClone(value) }
  for (let count = 1 + random.below(3); count > 0; count -= 1) change(random, holder)
  return holder.root
}

export function printed(value: unknown, print: (value: unknown) => string): string {
  return print(value).replace(/"@RAW:(\d+)@"/g, (_, at) => RAW[Number(at)] ?? '')
}

function change(random: Random, root: Members): void {
  let place: Members | unknown[] = root
  let key: string | number = 'root'
  for (;;) {
    const value: unknown = Reflect.get(place, key)
    if (!isHolder(value)) break
    const keys = Object.keys(value)
    if (keys.length === 0 || (place !== root && random.in(20))) break
    place = value as Members
    key = random.of(keys)
  }
  random.of(CHANGES)(random, place as Members, String(key), root)
}

function isHolder(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

type Change = (random: Random, place: Members, key: string, root: Members) => void

const CHANGES: readonly Change[] = [
  (_, place, key) => {
    if (Array.isArray(place)) place.splice(Number(key), 1)
    else delete place[key]
  },
  (_, place, key) => {
    if (Array.isArray(place)) place.push(structuredClone(place[Number(key)]))
    else own(place, `${key}2`, structuredClone(place[key]))
  },
  (random, place, key) => own(place, random.of(TEXTS), structuredClone(place[key])),
  (random, place, key) => {
    const value = place[key]
    delete place[key]
    own(place, random.of(TEXTS), value)
  },
  (random, place, key) => own(place, key, random.of(TEXTS)),
  (random, place, key) => own(place, key, random.of(NUMBERS)),
  (random, place, key) =>
    own(place, key, random.of([null, true, false, [], {}, [null], [[]], { a: {} }])),
  (random, place, key) => own(place, key, `@RAW:${random.below(RAW.length)}@`),
  (_, place, key) => own(place, key, [place[key]]),
  (_, place, key) => own(place, key, { [key]: place[key] }),
  (random, place, key) => own(place, key, textOf(random, place[key])),
  (random, place, key) => own(place, key, textOf(random, place[key])),
  (_, place, key) => own(place, key, Array(isHolder(place[key]) ? 3 : 1000).fill(place[key])),
  // Another place of the same file.
  (random, place, key, root) => {
    let value: unknown = root.root
    while (isHolder(value) && random.in(80)) {
      value = Reflect.get(value, random.of([...Object.keys(value), '']))
    }
    own(place, key, structuredClone(value) ?? null)
  },
  (random, place, key) => {
    const other = random.of(Object.keys(place))
    const value = place[key]
    own(place, key, place[other])
    own(place, other, value)
  },
]

/** As a member of its own, `__proto__` too. */
function own(place: Members, key: string, value: unknown): void {
  Object.defineProperty(place, key, { value, writable: true, enumerable: true, configurable: true })
}

/** A text that is near to one. */
function textOf(random: Random, value: unknown): unknown {
  if (typeof value === 'number') return value + random.of([1, -1, 0.5, 1e6])
  if (typeof value !== 'string') return random.of(TEXTS)
  const at = random.below(value.length + 1)
  return random.of([
    value.slice(0, at),
    value.slice(at),
    value.slice(0, at) + random.of(TEXTS) + value.slice(at),
    value.toUpperCase(),
    value.replace(/\d+/, String(random.below(1000))),
    value.replace(/[.-]/, ''),
    ` ${value}`,
    value.split('').reverse().join(''),
  ])
}

/** Bytes with some of them changed, cut off, or joined with another file's. */
export function mangled(random: Random, bytes: Buffer, other: Buffer): Buffer {
  const at = random.below(bytes.length + 1)
  const end = Math.min(bytes.length, at + random.of([1, 10, 1000]))
  switch (random.below(8)) {
    case 0:
      return bytes.subarray(0, at)
    case 1:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)])
    case 2:
      return Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)])
    case 3:
      return Buffer.concat([bytes.subarray(0, at), other.subarray(random.below(other.length))])
    case 4:
      return Buffer.concat([bytes.subarray(0, at), Buffer.from(random.of(RAW)), bytes.subarray(at)])
    case 5:
      return Buffer.from(
        bytes.toString('latin1').replaceAll('\n', random.of(['\r\n', '\r', ''])),
        'latin1',
      )
    case 6:
      return random.of([
        Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]),
        Buffer.from(bytes.toString('utf8'), 'utf16le'),
        Buffer.alloc(0),
        Buffer.concat([bytes, bytes]),
      ])
    default: {
      const flipped = Buffer.from(bytes)
      for (let count = 1 + random.below(4); count > 0; count -= 1) {
        const place = random.below(flipped.length)
        flipped[place] = random.in(50)
          ? random.below(256)
          : (flipped[place] ?? 0) ^ (1 << random.below(8))
      }
      return flipped
    }
  }
}
