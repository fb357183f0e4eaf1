import { entryOf } from '../../layouts/entry.ts'
import { nameOf } from '../../layouts/names.ts'
import type { CloudName, Image } from '../../snapshot/snapshot.ts'

/** A column: its key in JSON, which in a table's header begins with a capital, and its cell. */
export type Column = readonly [key: string, cell: (image: Image) => string]

const member =
  (name: string) =>
  (image: Image): string =>
    String(image[name] ?? '')

/** How Azure spells architectures. */
const AZURE_ARCHITECTURES: Readonly<Record<string, string>> = { x86_64: 'x64', aarch64: 'Arm64' }

/** What is shown of each cloud's images: for Azure what `az vm image list` shows, by name as there. */
export const COLUMNS: Readonly<Record<CloudName, readonly Column[]>> = {
  azure: [
    ['architecture', ({ architecture }) => AZURE_ARCHITECTURES[architecture] ?? architecture],
    ['offer', member('offer')],
    ['publisher', member('publisher')],
    ['sku', member('sku')],
    ['urn', (image) => nameOf('azure', entryOf('azure', image))],
    ['version', member('version')],
  ],
  aws: [
    ['architecture', member('architecture')],
    ['image', member('image')],
    ['name', member('name')],
    ['plan', member('plan')],
    ['region', member('region')],
    ['version', member('version')],
  ],
  gcp: [
    ['architecture', member('architecture')],
    ['name', member('name')],
    ['plan', member('plan')],
    ['project', member('project')],
    ['version', member('version')],
  ],
}
