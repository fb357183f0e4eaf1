import { CLOUDS, listImages, readSnapshot } from '../index.ts'
import { unaskedWords } from '../show/asked.ts'
import { LIST_FORMATS, type ListFormat } from '../show/list.ts'
import { command } from './command.ts'
import { choice, needed, text } from './option.ts'

const formats = Object.keys(LIST_FORMATS) as ListFormat[]

export const listCommand = command({
  name: 'list',
  describe: 'List the captured images, as az vm image list does',
  positionals: { SNAPSHOT: needed('The snapshot') },
  options: {
    publisher: text('Any part of the publisher, in any case'),
    offer: text('Any part of the offer, in any case'),
    sku: text('Any part of the SKU, in any case'),
    arch: text('The architecture: x86_64, aarch64, or as Azure has it x64, Arm64'),
    cloud: choice('The cloud', CLOUDS),
    output: choice('How to print', formats, { alias: 'o' }, 'table'),
  },
  examples: [
    ['list snapshots/rhcos-4.18.json --sku 418', 'as az vm image list shows them'],
    ['list snapshots/rhcos-4.18.json --arch aarch64 -o tsv', 'for scripts'],
  ],
  forStream: ({ snapshot }) => ({ SNAPSHOT: snapshot }),

  async run(args, { folder, terminal }) {
    const { SNAPSHOT, output, ...filter } = args
    const snapshot = readSnapshot(await folder.read(SNAPSHOT), SNAPSHOT)
    const listings = listImages(snapshot, filter)
    terminal.data(LIST_FORMATS[output](listings, terminal))
    if (listings.length > 0) return
    terminal.say(`${SNAPSHOT}: ${unaskedWords(snapshot, args.cloud) ?? 'no image fits'}`)
  },
})
