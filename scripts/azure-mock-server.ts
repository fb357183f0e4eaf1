import yargs from 'yargs'
import { hideBin } from 'yargs/helpers'
import { type AzureMockServer, startAzure } from '../test/mock-servers/azure.ts'
import { type AzureImage, readImages } from '../test/mock-servers/azure-image.ts'
import { imagesAfterBump, imagesBeforeBump } from '../test/mock-servers/azure-images.ts'
import { FAULT_SYNTAX, parseFaultRule } from '../test/mock-servers/faults.ts'
import { closeAtTheEnd, exportsOf } from '../test/mock-servers/script.ts'

const TABLES: Record<string, () => AzureImage[]> = {
  before: imagesBeforeBump,
  after: imagesAfterBump,
}

/** The lines to paste into a shell, and the option to give. */
function describe({ url, environment }: AzureMockServer): string {
  return [
    ...exportsOf(environment),
    `# stream-snapshot capture ... --azure-endpoint ${url}`,
    '',
  ].join('\n')
}

async function main(): Promise<void> {
  const options = await yargs(hideBin(process.argv))
    .scriptName('azure-mock-server')
    .usage('$0\n\nA mock server for Azure on 127.0.0.1, until it is told to end.')
    .option('port', { type: 'number', default: 8443, describe: '0 for a free one' })
    .option('images', { type: 'string', default: 'before', describe: 'before, after or FILE.json' })
    .option('latency', { type: 'number', default: 0, describe: 'Milliseconds before each answer' })
    .option('fault', { type: 'string', array: true, default: [], describe: FAULT_SYNTAX })
    .option('gzip', {
      type: 'boolean',
      default: true,
      describe: 'Compress for those who accept it',
    })
    .nargs('fault', 1)
    .strict()
    .version(false)
    .example("$0 --fault '418-v2/versions=429/1:2'", 'Throttle the first two requests for a SKU')
    .fail((message, error) => {
      throw error ?? new Error(message)
    })
    .parseAsync()

  const table = TABLES[options.images]
  const azure = await startAzure({
    images: table === undefined ? await readImages(options.images) : table(),
    port: options.port,
    latencyMs: options.latency,
    faults: options.fault.map(parseFaultRule),
    gzip: options.gzip,
  })
  closeAtTheEnd(azure.close)
  process.stdout.write(describe(azure))
}

try {
  await main()
} catch (cause) {
  process.stderr.write(`azure-mock-server: ${cause instanceof Error ? cause.message : cause}\n`)
  process.exitCode = 2
}
