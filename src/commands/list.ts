import { listImages } from '../core/audit/list.ts'
import { CLOUDS, readArchitecture } from '../core/snapshot/snapshot.ts'
import { LIST_FORMATS, type ListFormat } from '../show/list.ts'
import { readQueried } from '../workflows/skew.ts'
import { command } from './command.ts'
import { choice, format, needed, text } from './option.ts'

const formats = Object.keys(LIST_FORMATS) as ListFormat[]

export const listCommand = command({
  name: 'list',
  group: 'Publish',
  describe: 'List the captured images in the format of az vm image list',
  positionals: { SNAPSHOT: needed('Snapshot or stream name (default: all streams)') },
  options: {
    publisher: text('Show only publishers that contain TEXT'),
    offer: text('Show only offers that contain TEXT'),
    sku: text('Show only SKUs that contain TEXT'),
    arch: text('Architecture, such as x86_64 or Arm64', {}, readArchitecture),
    cloud: choice('Cloud', CLOUDS),
    output: format(formats, 'table'),
  },
  examples: [
    ['list snapshots/rhcos-4.18.json --sku 418', 'the images of one OCP version'],
    ['list snapshots/rhcos-4.18.json --arch aarch64 -o tsv', 'for scripts'],
  ],
  takesSnapshots: true,

  async run(args, { folder, terminal, workspace }) {
    const { SNAPSHOT, output, ...filter } = args
    const snapshot = await readQueried(folder, SNAPSHOT, args.cloud, workspace)
    const listings = listImages(snapshot, filter)
    terminal.data(LIST_FORMATS[output](listings, terminal))
    if (listings.length === 0) terminal.say(`${SNAPSHOT}: no images found`)
  },
})
