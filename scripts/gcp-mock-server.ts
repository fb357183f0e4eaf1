import yargs from 'yargs'
import { hideBin } from 'yargs/helpers'
import { FAULT_SYNTAX, parseFaultRule } from '../test/mock-servers/faults.ts'
import { type GcpMockServer, startGcp } from '../test/mock-servers/gcp.ts'
import { demonstrationImages } from '../test/mock-servers/gcp-images.ts'
import { closeAtTheEnd, exportsOf } from '../test/mock-servers/script.ts'

/** The lines to paste into a shell, and the option to give. */
function describe({ url, environment }: GcpMockServer): string {
  return [
    ...exportsOf(environment),
    `# stream-snapshot capture ... --cloud gcp --gcp-endpoint ${url}`,
    '',
  ].join('\n')
}

async function main(): Promise<void> {
  const options = await yargs(hideBin(process.argv))
    .scriptName('gcp-mock-server')
    .usage('$0\n\nA mock server for the Compute API on 127.0.0.1, until it is told to end.')
    .option('port', { type: 'number', default: 8445, describe: '0 for a free one' })
    .option('latency', { type: 'number', default: 0, describe: 'Milliseconds before each answer' })
    .option('listable', { type: 'boolean', default: false, describe: 'Let images be listed' })
    .option('page-size', { type: 'number', default: 4, describe: 'Images on a page at most' })
    .option('fault', { type: 'string', array: true, default: [], describe: FAULT_SYNTAX })
    .nargs('fault', 1)
    .strict()
    .version(false)
    .example("$0 --fault 'images/redhat-coreos-ocp=429/1:2'", 'Throttle two requests')
    .parseAsync()

  const gcp = await startGcp({
    images: demonstrationImages(),
    port: options.port,
    latencyMs: options.latency,
    listable: options.listable,
    pageSize: options['page-size'],
    faults: options.fault.map(parseFaultRule),
  })
  process.stdout.write(describe(gcp))
  closeAtTheEnd(gcp.close)
}

try {
  await main()
} catch (cause) {
  process.stderr.write(`gcp-mock-server: ${cause instanceof Error ? cause.message : cause}\n`)
  process.exitCode = 2
}
