import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { amiForms, azureForms, expectForms, gcpForms, runImage } from '../support/image-formats.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** Slots of the demonstration, each with its image. */
const SLOTS = [
  ['azure no-purchase-plan x86_64', azureForms('azureopenshift:aro4:418-v2:418.94.202410090804')],
  ['azure no-purchase-plan aarch64', azureForms('azureopenshift:aro4:418-arm:418.94.202410090804')],
  ['azure ocp x86_64', azureForms('redhat:rh-ocp-worker:rh-ocp-worker:4.18.2025112710')],
  ['aws ocp x86_64', amiForms('ami-10a52886a7d9a2fbd')],
  ['aws ocp aarch64', amiForms('ami-311532b8f37baa8e6')],
  ['gcp ocp x86_64', gcpForms('redhat-coreos-ocp-413-x86-64-202305021736')],
] as const

it.each(SLOTS)('image prints the image for %s in each format', async (slot, forms) => {
  const [cloud = '', plan = '', architecture = ''] = slot.split(' ')
  const region = cloud === 'aws' ? ['--region', 'us-east-1'] : []
  const words = ['--cloud', cloud, '--plan', plan, '--arch', architecture, ...region]
  await expectForms({ cloud, plan, architecture }, forms, async (format) => {
    const { status, stdout, stderr } = await runImage(ROOT, [
      ...['demo/rhcos.json', ...words],
      ...['-o', format],
    ])
    expect(status, stderr).toBe(0)
    return stdout
  })
})
