import { describe, expect, it } from 'vitest'
import {
  FACTS,
  findImage,
  type ImageQuestion,
  InputError,
  readImageSource,
} from '../../../../src/index.ts'
import { streamForms } from '../../../support/forms.ts'
import { EXAMPLE, smallStream } from '../../../support/streams.ts'

const FORMS = Object.entries(streamForms()).map(([name, text]) => readImageSource(text, name))
const ASKED = {
  cloud: 'azure',
  plan: 'no-purchase-plan',
  architecture: 'x86_64',
  generation: 2,
} as const

describe('findImage', () => {
  const questions: [Partial<ImageQuestion>, string][] = [
    [{}, 'azureopenshift:aro4:418-v2:418.94.20241009'],
    [{ architecture: 'aarch64' }, 'azureopenshift:aro4:418-arm:418.94.20241009'],
    [{ plan: 'ocp' }, 'redhat:rh-ocp-worker:rh-ocp-worker:4.18.2024100419'],
    [{ plan: 'ocp-emea' }, 'redhat-limited:rh-ocp-worker:rh-ocp-worker:4.18.2024100419'],
    [{ plan: 'purchase-plan-emea' }, 'redhat-limited:rh-ocp-worker:rh-ocp-worker:4.18.2024100419'],
    [{ gen1: true }, 'azureopenshift:aro4:aro_418:418.94.20241009'],
    [{ plan: 'ocp', gen1: true }, 'redhat:rh-ocp-worker:rh-ocp-worker-gen1:4.18.2024100419'],
  ]
  it.each(questions)('answers %j alike in each of the three forms', (question, expected) => {
    expect(FORMS.map((source) => findImage(source, { ...ASKED, ...question }).urn)).toEqual([
      expected,
      expected,
      expected,
    ])
  })

  it.each([
    ['sku', 'x"\n}\nresource {', 'x"\\u000a}\\u000aresource {'],
    ['sku', '%{if true}', '%{if true}'],
    ['offer', "o'; touch x; '", "o'; touch x; '"],
    ['publisher', '$(touch x)', '$(touch x)'],
    ['publisher', '-o', '-o'],
    ['version', '1:2', '1:2'],
    ['version', '', ''],
  ])('refuses a %s that a shell or a template would act on: %j', (member, value, shown) => {
    const stream = JSON.parse(streamForms()['stream-metadata.json'])
    const { marketplace } = stream.architectures.x86_64['rhel-coreos-extensions']
    marketplace.azure['no-purchase-plan'].hyperVGen2[member] = value
    const source = readImageSource(JSON.stringify(stream), 'hostile.json')
    expect(() => findImage(source, ASKED)).toThrow(
      new InputError(
        `azure no-purchase-plan x86_64 gen2: ${member}: expected letters, digits, dots, hyphens and underscores, found ${shown}`,
      ),
    )
    expect(findImage(source, { ...ASKED, plan: 'ocp' }).urn).toContain('rh-ocp-worker')
  })

  it('reads AWS and GCP images of either layout', () => {
    const stream = JSON.parse(smallStream({ x86_64: EXAMPLE.x86_64 }))
    const aws = { ocp: { regions: { 'us-east-1': { release: EXAMPLE.x86_64, image: 'ami-1' } } } }
    const gcp = { ocp: { release: EXAMPLE.x86_64, project: 'p', name: 'n' } }
    for (const extensions of [
      { 'aws-marketplace': aws, 'gcp-marketplace': gcp },
      { marketplace: { aws, gcp } },
    ]) {
      stream.architectures.x86_64['rhel-coreos-extensions'] = extensions
      const source = readImageSource(JSON.stringify(stream), 'clouds.json')
      const ask = (cloud: 'aws' | 'gcp', region?: string) =>
        findImage(source, {
          cloud,
          plan: 'ocp',
          architecture: 'x86_64',
          ...(region !== undefined && { region }),
        })
      expect(ask('aws', 'us-east-1').urn).toBe('ami-1')
      const { slot, entry } = ask('gcp')
      expect(FACTS[slot.cloud].idOf(entry, 'eastus')).toBe('projects/p/global/images/n')
      expect(() => ask('aws', 'eu-west-1')).toThrow('aws ocp x86_64 eu-west-1: no such image')
    }
  })
})
