import { spawnSync } from 'node:child_process'
import { expect } from 'vitest'
import type { Row, World } from './world.ts'

const IMAGES = ['compute', 'images']
const JSON_OUT = ['--format', 'json']

/** Google's is in no distribution. */
export const hasGcloud = spawnSync('gcloud', ['--version']).status === 0

/** Each throws where gcloud prints something else than `list`. */
export const GCLOUD = {
  /** In small pages, which gcloud puts together; it says nothing of what is deprecated or failed, unless asked. */
  async 'gcloud compute images list'(world: World): Promise<void> {
    const options = ['--no-standard-images', '--show-deprecated', '--page-size', '3']
    const printed: Row[] = JSON.parse(
      await world.client('gcloud', ...IMAGES, 'list', ...options, ...JSON_OUT),
    )
    expect(printed.map(({ name }) => name).sort(), 'gcloud and the mock server').toEqual(
      world.gcpImages.map(({ name }) => name).sort(),
    )
    const captured = await world.capture('gcp')
    const listed: Row[] = JSON.parse(await captured.list('-o', 'json'))
    const names = listed.map(({ name }) => name)
    const own = printed.filter(({ name }) => names.includes(name))
    expect(own.length).toBeGreaterThan(5)
    expect(own.map(fieldsOf).sort(), 'gcloud and list').toEqual(
      captured.images
        .map(({ name, architecture, project, state }) =>
          [name, project, architecture, state].join(' '),
        )
        .sort(),
    )
  },

  /** gcloud has the cloud filter by names, and filters what it answers once more. */
  async 'gcloud compute images list --filter'(world: World): Promise<void> {
    const asked = world.clouds.gcp.requests.length
    const options = [
      '--no-standard-images',
      '--filter',
      'name~^redhat-coreos-ocp AND NOT name~-48-',
    ]
    const printed: Row[] = JSON.parse(
      await world.client('gcloud', ...IMAGES, 'list', ...options, ...JSON_OUT),
    )
    const names = printed.map(({ name }) => name)
    expect(names, 'gcloud').toEqual(['redhat-coreos-ocp-413-x86-64-202305021736'])
    const answer = world.clouds.gcp.requests.slice(asked).find(({ path }) => /filter=/.test(path))
    expect(answer, 'the mock server').toMatchObject({ status: 200 })
    const captured = await world.capture('gcp')
    const listed: Row[] = JSON.parse(await captured.list('-o', 'json'))
    expect(
      listed
        .filter(({ name }) => /^redhat-coreos-ocp-(?!48)/.test(String(name)))
        .map(({ name }) => name),
      'list',
    ).toEqual(names)
  },

  async 'gcloud compute images describe'(world: World): Promise<void> {
    const { images } = await world.capture('gcp')
    const [name = ''] = images
      .map((each) => String(each.name))
      .filter((each) => /-413-x86/.test(each))
    const shown: Row = JSON.parse(
      await world.client('gcloud', ...IMAGES, 'describe', name, ...JSON_OUT),
    )
    const own = images.filter((each) => each.name === name)
    expect([fieldsOf(shown)], 'gcloud and capture').toEqual(
      own.map(({ architecture, project, state }) => [name, project, architecture, state].join(' ')),
    )
  },
} as const satisfies Record<string, (world: World) => Promise<void>>

const STATES: Readonly<Record<string, string>> = { READY: 'active', FAILED: 'unavailable' }
const ARCHITECTURES: Readonly<Record<string, string>> = { X86_64: 'x86_64', ARM64: 'aarch64' }

/** What gcloud prints, in the words of the snapshot; older images have no architecture. */
function fieldsOf({ name, selfLink, architecture = 'X86_64', status, deprecated }: Row): string {
  const [, project] = /\/projects\/([^/]+)\/global\/images\//.exec(String(selfLink)) ?? []
  const state = deprecated === undefined ? STATES[String(status)] : 'deprecated'
  return [name, project, ARCHITECTURES[String(architecture)], state].join(' ')
}
