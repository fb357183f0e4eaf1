import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fs from 'fs-extra'
import { load } from 'js-yaml'
import { beforeEach, describe, expect, it } from 'vitest'
import { run, temporaryFolder } from '../support/cli.ts'
import { streamForms } from '../support/forms.ts'
import { runImage } from '../support/image-formats.ts'
import { azureImage, snapshotText } from '../support/snapshots.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const DEMO = join(ROOT, 'demo/rhcos.json')
const FORMS = streamForms()
const GEN2 = 'azureopenshift:aro4:418-v2:418.94.20241009'
const GEN1 = 'azureopenshift:aro4:aro_418:418.94.20241009'

let folder: string
const at = (name: string) => join(folder, name)
const write = (name: string, text: string) => fs.outputFile(at(name), text)
const image = (...words: string[]) => runImage(folder, words)
/** The line on stderr for a source without builds. */
const ungraded = (urn: string) => `${urn}: lag unknown: no build to compare with\n`
const printed = (urn: string, stderr = '') => ({ status: 0, stdout: `${urn}\n`, stderr })

beforeEach(async () => {
  folder = await temporaryFolder()
  for (const [name, text] of Object.entries(FORMS)) await write(name, text)
})

/** Streams as `configmap` prints them, with another OCP version. */
async function configMap(streams: Readonly<Record<string, string>>, ocp = '4.20.1') {
  for (const [name, text] of Object.entries(streams)) await write(`streams/${name}.json`, text)
  const words = Object.keys(streams).map((name) => `${name}=streams/${name}.json`)
  const { status, stdout } = await run(['configmap', ...words], { cwd: folder })
  expect(status).toBe(0)
  return stdout.replace('0.0.1-snapshot', ocp)
}

const RHEL_10 = (() => {
  const stream = JSON.parse(smallStream({ x86_64: '10.2.20260423-0' }, 'rhel-10.2'))
  const hyperVGen2 = {
    ...{ publisher: 'azureopenshift', offer: 'aro4' },
    ...{ sku: 'aro_5-0_x64_gen2', version: '10.2.20260423' },
  }
  stream.architectures.x86_64['rhel-coreos-extensions'] = {
    marketplace: { azure: { 'no-purchase-plan': { hyperVGen2 } } },
  }
  return JSON.stringify(stream)
})()
const URN_10 = 'azureopenshift:aro4:aro_5-0_x64_gen2:10.2.20260423'
const STREAMS = { 'rhel-9': FORMS['stream-metadata.json'], 'rhel-10': RHEL_10 }

describe('the SOURCE of image', () => {
  it.each(Object.keys(FORMS))('can be %s', async (form) => {
    const note = form === 'marketplace.json' ? ungraded : () => ''
    expect(await image(form)).toEqual(printed(GEN2, note(GEN2)))
    expect(await image(form, '--gen1')).toEqual(printed(GEN1, note(GEN1)))
  })

  it('can be a stream of the workspace, which is suggested for a typo', async () => {
    const marketplaceFile = 'marketplace.json'
    const stream = { snapshot: 's.json', target: 'plain.json', marketplaceFile }
    await write('plain.json', smallStream(EXAMPLE))
    await write('stream-snapshot.json', JSON.stringify({ streams: { 'rhel-9': stream } }))
    expect(await image('rhel-9')).toEqual(printed(GEN2))
    expect(await image('plain.json')).toEqual(printed(GEN2))
    expect(await image('rhel9')).toEqual({
      status: 2,
      stdout: '',
      stderr: 'stream-snapshot: rhel9: no such file\nDid you mean rhel-9?\n',
    })
  })

  it('cannot be the name of a stream before init', async () => {
    expect((await image('rhel-9')).stderr).toBe(
      'stream-snapshot: rhel-9: no such file\nSpecify the path of an existing file, or run stream-snapshot init to use names of streams.\n',
    )
  })

  it('cannot be an empty marketplace file, for which update is suggested', async () => {
    const marketplaceFile = 'm.json'
    const stream = { snapshot: 's.json', target: 'plain.json', marketplaceFile }
    await write('plain.json', smallStream(EXAMPLE))
    await write(marketplaceFile, '{}\n')
    const refused = (file: string, remedy: string) => ({
      status: 1,
      stdout: '',
      stderr: `stream-snapshot: ${file}: no marketplace images\n${remedy}\n`,
    })
    expect(await image('m.json')).toEqual(
      refused('m.json', 'Use a marketplace file, or a snapshot.'),
    )
    await write('stream-snapshot.json', JSON.stringify({ streams: { 'rhel-9': stream } }))
    const update = 'Run stream-snapshot update rhel-9.'
    expect(await image('m.json')).toEqual(refused('m.json', update))
    expect(await image('rhel-9')).toEqual(refused('plain.json', update))
    await write('s.json', snapshotText([]))
    expect((await image('rhel-9')).stderr).toContain(
      '\nRun stream-snapshot update rhel-9 to query azure again, as no marketplace images were found.\n',
    )
    await write('s.json', snapshotText([azureImage('418-v2', '418.94.20240916')]))
    expect((await image('rhel-9')).stderr).toContain('\nRun stream-snapshot regenerate rhel-9.\n')
  })

  it.each([
    ['coreos-rhel-9.json', 'marketplace/coreos-rhel-9.json'],
    ['coreos-rhel-9.json', 'marketplace/rhel-9.json'],
    ['rhcos.json', 'marketplace-rhcos.json'],
  ])('is read together with its counterpart: %s and %s', async (stream, marketplace) => {
    await write(`data/${stream}`, smallStream({ x86_64: '418.94.202410110804-0' }))
    await write(`data/${marketplace}`, FORMS['marketplace.json'])
    for (const file of [stream, marketplace]) {
      expect(await image(`data/${file}`)).toEqual(
        printed(
          GEN2,
          `${GEN2}: older-build, 2 days older than the build of the stream (418.94.202410110804-0)\n`,
        ),
      )
    }
  })

  it('can be a marketplace file of the workspace, compared with the builds of its stream', async () => {
    const stream = { snapshot: 's.json', target: 'plain.json', marketplaceFile: 'marketplace.json' }
    await write('plain.json', smallStream({ x86_64: '418.94.202410110804-0' }))
    await write('stream-snapshot.json', JSON.stringify({ streams: { 'rhel-9': stream } }))
    expect((await image('marketplace.json')).stderr).toContain(
      ', 2 days older than the build of the stream (',
    )
  })

  it('can be a snapshot, where the newest active image of the OCP version is selected', async () => {
    const arm = (version: string, more = {}) =>
      azureImage('420-arm', version, { ocp: '4.20', ...more })
    const text = snapshotText(
      [
        arm('9.6.20250916'),
        arm('9.6.20251015'),
        arm('9.6.20251201', { state: 'deprecated' }),
        azureImage('aro_422-arm', '9.8.20260428', { ocp: '4.22' }),
      ],
      { stream: { ...JSON.parse(snapshotText([])).stream, ocp: '4.20' } },
    )
    await write('s.json', text)
    const urn = 'azureopenshift:aro4:420-arm:9.6.20251015'
    expect(await image('s.json', '--arch', 'arm64')).toEqual(printed(urn, ungraded(urn)))
    expect(await image('s.json', '--arch', 'aarch64', '--stream-name', 'rhel-9')).toEqual(
      printed(urn, ungraded(urn)),
    )
  })

  it('can be a snapshot, for which an unqueried cloud or region is not a missing image', async () => {
    const text = snapshotText([], {
      images: { azure: [], aws: [] },
      queries: { azure: [], aws: [{ region: 'us-east-1', images: 0 }] as never },
    })
    await write('s.json', text)
    const refusedFor = async (...words: string[]) => {
      const { status, stderr } = await image('s.json', '--cloud', ...words)
      expect(status).toBe(1)
      return stderr.slice('stream-snapshot: s.json: '.length)
    }
    expect(await refusedFor('gcp')).toBe(
      'gcp was not queried\nQuery gcp: stream-snapshot capture s.json --cloud gcp\n',
    )
    expect(await refusedFor('aws', '--region', 'us-west-2')).toBe(
      'aws us-west-2 was not queried\nQuery aws us-west-2: stream-snapshot capture s.json --cloud aws --regions us-west-2\n',
    )
    expect(await refusedFor('aws', '--region', 'us-east-1')).toMatch(/^no marketplace images\n/)
  })

  it('can be a snapshot of an OCP version with two RHEL versions', async () => {
    const skus = (version: string) => azureImage('aro_5-0_x64_gen2', version, { ocp: '5.0' })
    const stream = { ...JSON.parse(snapshotText([])).stream, ocp: '5.0' }
    const [nine, ten] = [skus('9.8.20260428'), skus('10.2.20260423')]
    await write('s.json', snapshotText([nine, ten], { stream }))
    expect(await image('s.json')).toEqual(
      printed(URN_10, `s.json: stream rhel-10 (default of OCP 5.0)\n${ungraded(URN_10)}`),
    )
    const urn9 = 'azureopenshift:aro4:aro_5-0_x64_gen2:9.8.20260428'
    for (const [name, urn] of [
      ['rhel-9', urn9],
      ['rhel-10', URN_10],
    ] as const) {
      expect(await image('s.json', '--stream-name', name)).toEqual(
        printed(urn, `s.json: stream ${name} (--stream-name)\n${ungraded(urn)}`),
      )
      await write('i.yaml', `osImageStream: ${name}\nplatform:\n  azure: {}\n`)
      const { stdout } = await image('s.json', '--merge', 'i.yaml')
      expect(stdout).toContain(`version: ${urn.split(':').at(-1)}`)
    }
    await write('s.json', snapshotText([nine], { stream }))
    expect(await image('s.json')).toEqual(
      printed(urn9, `s.json: stream rhel-9 (only images of rhel-9)\n${ungraded(urn9)}`),
    )
    const fallback = `${urn9}: RHEL 9 image for the stream rhel-10 (older-rhel-major)\n`
    expect((await image('s.json', '--merge', 'i.yaml')).stderr).toContain(fallback)
  })

  it('can be a snapshot without builds, with the same result as its workspace stream', async () => {
    const stream = { ...JSON.parse(snapshotText([])).stream, ocp: '5.0' }
    const images = ['9.8.20260428', '9.8.20260520', '10.2.20260423'].map((version) =>
      azureImage('aro_5-0_x64_gen2', version, { ocp: '5.0' }),
    )
    await write('s.json', snapshotText(images, { stream }))
    await write('plain.json', smallStream({ x86_64: '9.8.20260428-0' }, 'rhel-9.8'))
    const config = { snapshot: 's.json', target: 'plain.json', ocp: '5.0' }
    const layouts = ['stream-metadata']
    const streams = { 'rhel-9': { ...config, layouts } }
    await write('stream-snapshot.json', JSON.stringify({ streams }))
    const { status } = await run(['regenerate', 'rhel-9'], { cwd: folder })
    expect(status).toBe(0)
    const urn = 'azureopenshift:aro4:aro_5-0_x64_gen2:9.8.20260428'
    expect(await image('rhel-9')).toEqual(printed(urn))
    expect(await image('s.json')).toEqual(printed(urn))
    await write('i.yaml', 'osImageStream: rhel-10\nplatform:\n  azure: {}\n')
    expect(await image('s.json', '--merge', 'i.yaml')).toEqual({
      status: 2,
      stdout: '',
      stderr:
        'stream-snapshot: i.yaml: osImageStream is another stream, as s.json is the stream rhel-9\nUse a source that has the stream.\n',
    })
  })

  it('can be a ConfigMap in any YAML or JSON form, in a List, or among other documents', async () => {
    const yaml = await configMap(STREAMS)
    const json = JSON.stringify(load(yaml), undefined, 2)
    const indented = yaml.replace(/^(?=.)/gm, '  ').replace('  ', '- ')
    const forms: Readonly<Record<string, string>> = {
      yaml,
      json,
      flow: `# the cluster's\n${JSON.stringify(load(yaml)).replace('"kind":"ConfigMap"', 'kind: ConfigMap')}`,
      quoted: yaml.replaceAll(/^( *)([A-Za-z]+):/gm, '$1"$2":').replace('ConfigMap', "'ConfigMap'"),
      crlf: yaml.replaceAll('\n', '\r\n'),
      list: `apiVersion: v1\nkind: List\nitems:\n${indented}`,
      documents: `kind: Secret\n---\nkind: ConfigMap\ndata: {a: b}\n---\n${yaml}`,
      explicit: yaml.replace('kind: ConfigMap', '? kind\n: !!str ConfigMap'),
      alias: `x: &kind ConfigMap\n${yaml.replace('kind: ConfigMap', 'kind: *kind')}`,
      merged: `<<: {kind: ConfigMap}\n${yaml.replace('kind: ConfigMap\n', '')}`,
      directive: `%YAML 1.2\n---\n${yaml}`,
    }
    for (const [name, text] of Object.entries(forms)) {
      const outcome = await runImage(folder, ['-'], text)
      expect(outcome, name).toEqual(printed(GEN2, 'stdin: stream rhel-9 (default of OCP 4.20)\n'))
    }
    const single = yaml.replace(/^ {2}streams: .*\n( {4}.*\n)*/m, '')
    expect(await runImage(folder, ['-'], single)).toEqual(printed(GEN2))
  })

  it.each(['streams: "{"', 'stream: "{"', 'streams: \'{"a":{}}\''])(
    'is refused with a remedy if it is a malformed ConfigMap: %s',
    async (data) => {
      await write('a.yaml', `kind: ConfigMap\ndata: {${data}}\n`)
      const { status, stderr } = await image('a.yaml')
      expect(status).toBe(2)
      expect(stderr).toMatch(/\nGet the ConfigMap from the cluster again\.\n$/)
    },
  )

  it.each([
    ['nope.json', undefined, 'nope.json: no such file'],
    ['-', undefined, 'stdin:1:1: expected JSON, found an empty file'],
    ['empty.json', '\n', 'empty.json:1:1: expected JSON, found an empty file'],
    [
      'm.json',
      '{"x86_64":{"azure":{"no-purchase-plan":{"hyperVGen2":{"publisher":"p"}}}}}',
      'm.json: azure no-purchase-plan x86_64 gen2: offer: expected letters, digits, dots, hyphens and underscores, found no string',
    ],
    [
      '{"token":"hunter2"}',
      undefined,
      'SOURCE: expected a path or a name, found the content of a file',
    ],
    [
      `{"token":"hunter2"}${' '.repeat(5000)}`,
      undefined,
      'SOURCE: expected a path or a name, found the content of a file',
    ],
    [
      'a.yaml',
      'kind: ConfigMap\ndata: {streams: "{"}\n',
      'a.yaml: .data.streams:1:2: expected a string or "}", found the end of the file',
    ],
    ['a.json', '{ "a": 1 }', 'a.json: not a CoreOS stream'],
    [
      'a.yaml',
      'kind: Secret\ndata: {a: hunter2}\n',
      'a.yaml: expected a stream, a marketplace file, a snapshot or a ConfigMap, found Secret',
    ],
    [
      'a.yaml',
      'kind: ConfigMap\ndata: {a: b}\n',
      'a.yaml: not a ConfigMap of boot images: expected the string .data.stream',
    ],
    ['a.yaml', 'password: *hunter2\n', 'a.yaml:1:11: invalid YAML: alias without an anchor'],
    ['a.yaml', 'a: [hunter2\n', 'a.yaml:2:1: invalid YAML: bad indent'],
    [
      'a.yaml',
      `a: &a [x, x]\n${Array.from({ length: 9 }, (_, n) => `b${n}: &b${n} [${n ? `*b${n - 1}` : '*a'}, ${n ? `*b${n - 1}` : '*a'}]\n`).join('')}`,
      'a.yaml: invalid YAML: too many aliases',
    ],
    ['a.yaml', `a: ${'['.repeat(100_000)}`, 'a.yaml'],
  ])('is refused if it is %s with the content %j', async (name, text, message) => {
    if (text !== undefined) await write(name, text)
    const { status, stdout, stderr } = await image(name)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr.split('\n')[0]).toContain(`stream-snapshot: ${message}`)
    expect(stderr).not.toContain('hunter2')
  })
})

describe('the selected stream', () => {
  const config = (osImageStream: string) =>
    `osImageStream: ${osImageStream}\nplatform:\n  azure:\n    region: eastus\n`

  it.each([
    ['4.22.3', [], 'rhel-9', 'default of OCP 4.22'],
    ['5.0.0-ec.2', [], 'rhel-10', 'default of OCP 5.0'],
    ['5.0.0-ec.2', ['--stream-name', 'rhel-9'], 'rhel-9', '--stream-name'],
    ['4.22.3', ['--stream-name', 'rhel-10-nvidia'], 'rhel-10', '--stream-name'],
    ['4.22.3', ['--merge', 'rhel-10'], 'rhel-10', 'osImageStream of i.yaml'],
    ['5.0.1', ['--merge', 'rhel-9'], 'rhel-9', 'osImageStream of i.yaml'],
    ['4.22.3', ['--merge', 'rhel-10-nvidia'], 'rhel-10', 'osImageStream of i.yaml'],
  ])('for OCP %s with %j is %s', async (ocp, words, stream, reason) => {
    await write('map.yaml', await configMap(STREAMS, ocp))
    const isMerged = words[0] === '--merge'
    if (isMerged) await write('i.yaml', config(words[1] ?? ''))
    const { status, stdout, stderr } = await image(
      'map.yaml',
      ...(isMerged ? ['--merge', 'i.yaml'] : words),
    )
    expect(status, stderr).toBe(0)
    expect(stdout).toContain(stream === 'rhel-10' ? 'aro_5-0_x64_gen2' : '418-v2')
    expect(stderr).toContain(`map.yaml: stream ${stream} (${reason})\n`)
  })

  it.each([
    [
      ['map.yaml', '--merge', 'i.yaml', '--stream-name', 'rhel-9'],
      2,
      'i.yaml: osImageStream differs from --stream-name rhel-9\nRemove --stream-name.',
    ],
    [
      ['stream-metadata.json', '--merge', 'i.yaml'],
      2,
      'i.yaml: osImageStream is another stream, as stream-metadata.json is the stream rhel-9\nUse a source that has the stream.',
    ],
    [
      ['rhel-10.json', '--merge', 'rhel-9.yaml'],
      2,
      'rhel-9.yaml: osImageStream is another stream, as rhel-10.json has images of rhel-10\nUse a source that has the stream.',
    ],
    [
      ['map.yaml', '--stream-name', 'rhel-11'],
      1,
      'map.yaml: no stream rhel-11\nUse --stream-name with one of: rhel-10, rhel-9.',
    ],
    [
      ['map.yaml', '--merge', 'rhel-11.yaml'],
      1,
      'map.yaml: no stream for osImageStream of rhel-11.yaml\nUse a source that has the stream.',
    ],
    [
      ['stream-metadata.json', '--stream-name', 'rhel-10'],
      2,
      '--stream-name rhel-10: stream-metadata.json is the stream rhel-9\nRemove --stream-name, or use a source that has the stream.',
    ],
    [
      ['map.yaml', '--merge', 'hunter2.yaml'],
      1,
      'map.yaml: no stream for osImageStream of hunter2.yaml\nUse a source that has the stream.',
    ],
    [
      ['unknown.yaml'],
      2,
      'unknown.yaml: several streams, and no OCP version that determines the default: rhel-10, rhel-9\nSelect one with --stream-name.',
    ],
  ])('is refused for %j', async (words, status, message) => {
    await write('map.yaml', await configMap(STREAMS))
    await write('unknown.yaml', await configMap(STREAMS, '0.0.1-snapshot'))
    await write('i.yaml', config('rhel-10'))
    await write('rhel-9.yaml', config('rhel-9'))
    await write('rhel-11.yaml', config('rhel-11'))
    await write('hunter2.yaml', config('hunter2'))
    const { marketplace } = JSON.parse(RHEL_10).architectures.x86_64['rhel-coreos-extensions']
    await write('rhel-10.json', JSON.stringify({ x86_64: marketplace }))
    expect(await image(...words)).toEqual({
      status,
      stdout: '',
      stderr: `stream-snapshot: ${message}\n`,
    })
  })

  it('comes from the stream next to a marketplace file, or is a fallback without this stream', async () => {
    await write('i.yaml', config('rhel-10'))
    const words = ['m/marketplace/coreos-rhel-9.json', '--merge', 'i.yaml']
    await write('m/marketplace/coreos-rhel-9.json', FORMS['marketplace.json'])
    const { status, stderr } = await image(...words)
    expect(status).toBe(0)
    expect(stderr).toContain(`${words[0]}: stream rhel-9 (fallback for rhel-10)\n`)
    await write('m/coreos-rhel-9.json', smallStream(EXAMPLE))
    expect(await image(...words)).toEqual({
      status: 2,
      stdout: '',
      stderr: `stream-snapshot: i.yaml: osImageStream is another stream, as ${words[0]} has images of rhel-9\nUse a source that has the stream.\n`,
    })
    await fs.move(at('m/coreos-rhel-9.json'), at('m/coreos-rhel-10.json'))
    await fs.move(at(words[0] ?? ''), at('m/marketplace/coreos-rhel-10.json'))
    await write('m/coreos-rhel-10.json', smallStream({ x86_64: '10.2.20260423-0' }, 'rhel-10.2'))
    const fallback = await image('m/marketplace/coreos-rhel-10.json', '--merge', 'i.yaml')
    expect(fallback.status).toBe(0)
    expect(fallback.stderr).toContain('than the build of the stream (10.2.20260423-0)\n')
  })

  it('is reported if it has no images, with the streams that have images', async () => {
    const plain = smallStream({ x86_64: '10.2.20260423-0' })
    await write('map.yaml', await configMap({ ...STREAMS, 'rhel-10': plain }, '5.0.0'))
    expect(await image('map.yaml')).toEqual({
      status: 1,
      stdout: '',
      stderr:
        'map.yaml: stream rhel-10 (default of OCP 5.0)\n' +
        'stream-snapshot: map.yaml: stream rhel-10: no marketplace images\nUse --stream-name with one of: rhel-9.\n',
    })
    await write('i.yaml', config('rhel-10'))
    expect((await image('map.yaml', '--merge', 'i.yaml')).stderr).toContain(
      ': no marketplace images\nUse a source with images of rhel-10.\n',
    )
  })
})

describe('image', () => {
  it.each(['x86_64', 'amd64', 'x64', 'AMD64'])('accepts --arch %s', async (arch) => {
    expect(await image('enhancement.json', '--arch', arch)).toEqual(printed(GEN2))
  })

  it.each(['gen1', '1'])('accepts --generation %s', async (generation) => {
    expect(await image('stream-metadata.json', '--generation', generation)).toEqual(printed(GEN1))
  })

  it('warns about an image that does not fit', async () => {
    const warning = (text: string) => `stream-snapshot: warning: ${text}\n`
    const warnings = async (...words: string[]) => (await image(DEMO, '-q', ...words)).stderr
    const plan =
      'HyperShift sets no purchase plan, so Azure does not start machines with this image'
    expect(await warnings('-o', 'nodepool', '--plan', 'ocp')).toBe(warning(plan))
    expect(await warnings('-o', 'nodepool')).toBe('')
    const arch = 'set architecture: arm64 in each pool; the default is amd64'
    expect(await warnings('-o', 'install-config', '--arch', 'arm64')).toBe(warning(arch))
    expect(await warnings('-o', 'install-config', '--arch', 'arm64', '--pool', 'worker')).toBe('')
    expect(await warnings('-o', 'install-config')).toBe('')
  })

  it('prints an id in a location', async () => {
    const { stdout } = await image('marketplace.json', '-o', 'id', '--region', 'westeurope')
    expect(stdout).toContain('/Locations/westeurope/Publishers/azureopenshift/')
  })

  it.each([
    [['--arch', 'vax'], '--arch: expected one of aarch64, ppc64le, s390x, x86_64, found "vax"'],
    [['--generation', '3'], '--generation: expected gen1 or gen2, found "3"'],
    [['--gen1', '--generation', 'gen2'], 'gen'],
    [['--cloud', 'moon'], 'cloud'],
    [['-o', 'terraform'], 'output'],
    [['--in-place'], 'in-place'],
    [['--pool', 'worker'], '--pool: only used with --merge and --output install-config'],
    [
      ['--pool', 'worker', '-o', 'machineset'],
      '--pool: only used with --merge and --output install-config',
    ],
    [['--region', 'eastus'], '--region: not used for images of Azure'],
    [['--cloud', 'gcp', '--region', 'r'], '--region: not used for images of Google Cloud'],
    [['-o', 'id', '--region', 'us-east-1'], '--region: expected an Azure location such as eastus'],
    [
      ['--cloud', 'aws', '--region', 'us-east-1', '--generation', 'gen2'],
      '--generation: not used for images of AWS',
    ],
    [['--merge', 'x.yaml', '-o', 'id'], 'merge'],
    [
      ['--cloud', 'gcp', '-o', 'nodepool', '--plan', 'ocp'],
      '--output nodepool: not supported for marketplace images of Google Cloud',
    ],
  ])('refuses %j', async (words, message) => {
    const { status, stdout, stderr } = await image(DEMO, ...words)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr.split('\n')[0]).toContain(message)
  })

  it('prints how to accept the terms of a purchase plan', async () => {
    const urn = 'redhat:rh-ocp-worker:rh-ocp-worker:4.18.2025112710'
    expect(await image(DEMO, '--plan', 'ocp')).toEqual(
      printed(
        urn,
        `ocp is a purchase plan; accept its terms first: az vm image terms accept --urn ${urn}\n`,
      ),
    )
    expect((await image(DEMO, '--cloud', 'aws', '--region', 'us-east-1')).stderr).toBe(
      'ocp is a purchase plan; accept its terms first: subscribe to the offer in AWS Marketplace\n',
    )
    expect((await image(DEMO, '--plan', 'ocp', '--quiet')).stderr).toBe('')
  })

  it.each([
    ['controlPlane', { controlPlane: { name: 'master' } }],
    ['compute', { compute: [{ name: 'worker' }] }],
    ['edge', { compute: [{ name: 'edge' }] }],
    ['defaultMachinePlatform', { platform: { azure: { defaultMachinePlatform: {} } } }],
  ])('prints an install-config for the pool %s', async (pool, expected) => {
    const words = [DEMO, '--plan', 'ocp', '-o', 'install-config', '--pool', pool]
    const { stdout, stderr } = await image(...words)
    expect(load(stdout)).toMatchObject(expected)
    const cost =
      'stream-snapshot: warning: ocp is a purchase plan, and its cost for control plane machines cannot be reversed\n'
    expect(stderr.includes(cost)).toBe(pool === 'controlPlane' || pool === 'defaultMachinePlatform')
  })
})

describe('a missing image', () => {
  const TABLE = [
    '  Cloud  Plan              Architecture  Generation  Image',
    '  azure  no-purchase-plan  aarch64       gen2        azureopenshift:aro4:418-arm:418.94.202410090804',
    '  azure  no-purchase-plan  x86_64        gen2        azureopenshift:aro4:418-v2:418.94.202410090804',
    '  azure  ocp               x86_64        gen2        redhat:rh-ocp-worker:rh-ocp-worker:4.18.2025112710',
    '  azure  ocp-emea          x86_64        gen2        redhat-limited:rh-ocp-worker:rh-ocp-worker:4.18.2026012111',
  ]

  it.each([
    [['--plan', 'ocpp'], 'azure ocpp x86_64 gen2', 'Use --plan ocp.'],
    [['--plan', 'oke'], 'azure oke x86_64 gen2', 'Select one with --plan and --arch.'],
    [
      ['--generation', 'gen1'],
      'azure no-purchase-plan x86_64 gen1',
      'Use --gen1 instead of --generation to derive the Gen1 image from the Gen2 image.',
    ],
  ])('is reported with the available images: %j', async (words, slot, remedy) => {
    expect(await image(DEMO, ...words)).toEqual({
      status: 1,
      stdout: '',
      stderr: [
        `stream-snapshot: ${DEMO}: no image for ${slot}; available images:`,
        ...TABLE,
        remedy,
        '',
      ].join('\n'),
    })
  })

  it('is reported with the available regions on AWS', async () => {
    const { status, stderr } = await image(DEMO, '--cloud', 'aws')
    expect(status).toBe(1)
    expect(stderr).toContain(
      '  aws    rosa      x86_64        ap-southeast-2, eu-central-1, sa-east-1, us-east-1\n' +
        'Use --region with one of: ap-southeast-2, eu-central-1, sa-east-1, us-east-1.\n',
    )
    const { stderr: typo } = await image(DEMO, '--cloud', 'aws', '--region', 'us-east-2')
    expect(typo).toContain('no image for aws ocp x86_64 us-east-2;')
    expect(typo).toMatch(/\nUse --region with one of: ap-southeast-2, .*us-east-1\.\n$/)
  })

  it.each([
    ['marketplace.json', 'Use --cloud azure, without --region.'],
    ['m.yaml', 'Use a stream or a snapshot, as a ConfigMap only has marketplace images of Azure.'],
  ])('is reported with a remedy if %s does not have the cloud', async (file, remedy) => {
    const azure = { x86_64: JSON.parse(FORMS['marketplace.json']).x86_64 }
    await write('marketplace.json', JSON.stringify({ x86_64: { azure: azure.x86_64.azure } }))
    await write('m.yaml', await configMap(STREAMS))
    const words = ['--cloud', 'aws', '--region', 'us-east-1']
    const { status, stderr } = await image(file, ...words)
    expect(status).toBe(1)
    expect(stderr.trimEnd().split('\n').at(-1)).toBe(remedy)
  })

  it('is reported with the full name of a similar plan, unless the name needs quoting', async () => {
    const entry = { publisher: 'p', offer: 'o', sku: 's', version: '1' }
    const plan = 'no-purchase-plan-of-the-second-generation'
    const azure = { [plan]: { hyperVGen2: entry }, 'ocp $(x)': { hyperVGen2: entry } }
    await write('m.json', JSON.stringify({ x86_64: { azure } }))
    const remedy = async (name: string) =>
      (await image('m.json', '--plan', name)).stderr.trimEnd().split('\n').at(-1)
    expect(await remedy(`${plan}s`)).toBe(`Use --plan ${plan}.`)
    expect(await remedy('ocp $(y)')).toBe('Select one with --plan.')
  })

  it('is reported with exit code 1 for a stream without images, and for Gen1 on arm64', async () => {
    await write('plain.json', smallStream(EXAMPLE))
    expect(await image('plain.json')).toEqual({
      status: 1,
      stdout: '',
      stderr:
        'stream-snapshot: plain.json: no marketplace images\nWith cloud credentials, run stream-snapshot capture snapshot.json --stream plain.json, then stream-snapshot image snapshot.json.\n',
    })
    expect(await image('enhancement.json', '--arch', 'arm64', '--gen1')).toEqual({
      status: 1,
      stdout: '',
      stderr:
        'stream-snapshot: enhancement.json: azureopenshift:aro4:418-arm:418.94.20241009 has no Gen1 image\nRemove --gen1 to use this image.\n',
    })
  })
})

describe('docs/using-images.md', () => {
  const sessions = async () => {
    const page = await readFile(join(ROOT, 'docs/using-images.md'), 'utf8')
    const blocks = [...page.matchAll(/^```console\n(.*?)^```$/gms)].map(([, body = '']) => body)
    return blocks
      .flatMap((body) => body.split(/^\$ /m).slice(1))
      .map((each) => /^(.*)\n([\s\S]*)$/.exec(each)?.slice(1) ?? [])
  }
  const OC = 'oc get configmap coreos-bootimages -n openshift-machine-config-operator -o yaml | '

  it('shows what the commands print', async () => {
    for (const name of ['demo', 'snapshots', 'stream-snapshot.json']) {
      await fs.copy(join(ROOT, name), at(name))
    }
    const map = await configMap({ 'rhel-9': FORMS['stream-metadata.json'] })
    const value = {
      image: { publisher: '', offer: '', sku: '', version: '', resourceID: '/images/own' },
      vmSize: 'Standard_D4ps_v5',
    }
    const spec = { template: { spec: { providerSpec: { value } } } }
    await write('machineset.yaml', toYaml({ kind: 'MachineSet', spec }))
    await write('install-config.yaml', 'platform:\n  azure:\n    region: eastus\n')
    let count = 0
    for (const [line = '', output = ''] of await sessions()) {
      if (line.includes(' s.json')) continue
      const words = line.replace(OC, '').split(' ').slice(2)
      const { status, stdout, stderr } = await runImage(folder, words, map)
      expect({ line, status, output: stdout + stderr }).toEqual({ line, status: 0, output })
      count += 1
    }
    expect(count).toBe(6)
  })
})

/** Prints YAML in block style. */
function toYaml(value: object, indent = ''): string {
  return Object.entries(value)
    .map(([key, each]) =>
      typeof each === 'string'
        ? `${indent}${key}: ${each || '""'}\n`
        : `${indent}${key}:\n${toYaml(each, `${indent}  `)}`,
    )
    .join('')
}
