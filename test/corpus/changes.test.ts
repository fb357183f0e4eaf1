import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { capture } from '../../src/capture/capture.ts'
import { printRecording } from '../../src/capture/recording.ts'
import type { WantedBuild } from '../../src/core/builds/locate.ts'
import type { Comparison } from '../../src/core/changes/changes.ts'
import { BUILT_IN } from '../../src/core/criteria/criteria.ts'
import { regenerate } from '../../src/core/regenerate/regenerate.ts'
import { assemble } from '../../src/core/snapshot/read.ts'
import { readStream } from '../../src/core/stream/stream.ts'
import { buildsIn, startBuilds } from '../mock-servers/builds.ts'

const CORPUS = resolve(process.env.CORPUS_DIR ?? '../shared/corpus')
const bumps = readdirSync(join(CORPUS, 'bumps')).sort()
const textOf = (bump: string) => readFileSync(join(CORPUS, 'streams', `${bump}.json`), 'utf8')
const argsOf = (bump: string) =>
  JSON.parse(readFileSync(join(CORPUS, 'bumps', bump, 'args.json'), 'utf8'))

/** Each bump with the one before it of the same distribution. */
const pairs = bumps.flatMap((bump, at) => {
  const before = bumps.slice(0, at).findLast((each) => argsOf(each).distro === argsOf(bump).distro)
  return before === undefined ? [] : [[before, bump] as const]
})

type Json = { readonly [key: string]: Json | string }

/**
 * What a published file holds of some architectures, by place, with what stands there: read from the
 * JSON, and by nothing that the account is made with.
 */
function placesOf(
  text: string,
  architectures: readonly string[],
  url: string,
): Map<string, string> {
  const places = new Map<string, string>()
  const all = JSON.parse(text.replaceAll(url, '')).architectures as Record<string, Json>
  for (const arch of architectures) {
    const {
      artifacts = {},
      images = {},
      'rhel-coreos-extensions': more = {},
    } = (all[arch] ?? {}) as Record<string, Record<string, Json>>
    for (const [platform, { release, formats }] of Object.entries(artifacts)) {
      places.set(`artifact ${arch} ${platform}`, String(release))
      for (const [format, files] of Object.entries(formats as Json)) {
        places.set(`artifact ${arch} ${platform} ${format}`, JSON.stringify(sorted(files)))
      }
    }
    for (const [platform, image] of [...Object.entries(images), ...Object.entries(more)]) {
      if (/marketplace/.test(platform)) continue
      const regions = image.regions === undefined ? { '': image } : (image.regions as Json)
      for (const [region, each] of Object.entries(regions)) {
        places.set(`image ${arch} ${platform} ${region}`.trimEnd(), JSON.stringify(sorted(each)))
      }
    }
  }
  return places
}

function sorted(value: Json | string | undefined): unknown {
  if (typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => [key, sorted(each)]),
  )
}

/** What the account says of each place: that it came, went, or is another. */
function told({ changes }: Comparison): Map<string, string> {
  return new Map(
    changes.flatMap(({ subject, before, after }): [string, string][] => {
      if (subject.kind !== 'artifact' && subject.kind !== 'image') return []
      if ('file' in subject || 'member' in subject) return []
      const { kind, architecture, platform } = subject
      const within = subject.kind === 'artifact' ? subject.format : subject.region
      const place = [kind, architecture, platform, ...(within ? [within] : [])].join(' ')
      return [[place, before === undefined ? 'came' : after === undefined ? 'went' : 'is another']]
    }),
  )
}

describe('the account of each bump, on the bump before it', () => {
  it.each(pairs)('%s, then %s: is just what the published files differ in', async (old, bump) => {
    const { url, name, distro, signatures, builds } = argsOf(bump)
    const server = await startBuilds(buildsIn(join(CORPUS, 'bumps', bump, 'builds')))
    const wanted = Object.entries(builds).map(
      ([architecture, release]) => ({ architecture, release }) as WantedBuild,
    )
    const { content, recording } = await capture({
      stream: { name, distro, ocp: null, url: server.streams, signatures },
      criteria: BUILT_IN,
      ocp: undefined,
      clouds: [],
      builds: wanted,
      timeout: 10_000,
      concurrency: 8,
    }).finally(() => server.close())
    const file = { file: 's.recording.json', text: await printRecording(recording) }
    const { snapshot } = assemble(content, file, undefined, '2026-01-01T00:00:00Z', 'test')
    const target = readStream(textOf(old).replaceAll(argsOf(old).url, server.streams), old)
    const { comparison } = regenerate({
      snapshot,
      target,
      layouts: [],
      requirement: 'any',
      allowRegression: true,
    })

    const architectures = Object.keys(builds)
    const [before, after] = [
      placesOf(textOf(old), architectures, argsOf(old).url),
      placesOf(textOf(bump), architectures, url),
    ]
    const expected = new Map<string, string>()
    for (const place of new Set([...before.keys(), ...after.keys()])) {
      const [left, right] = [before.get(place), after.get(place)]
      if (left === right) continue
      expected.set(place, left === undefined ? 'came' : right === undefined ? 'went' : 'is another')
    }
    expect(Object.fromEntries(told(comparison))).toEqual(Object.fromEntries(expected))
  })
})
