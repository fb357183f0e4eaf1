import yargs from 'yargs'
import { hideBin } from 'yargs/helpers'
import { FAULT_SYNTAX, parseFaultRule } from '../test/stand-in/faults.ts'
import { type GcpStandIn, startGcp } from '../test/stand-in/gcp.ts'
import { demonstrationImages } from '../test/stand-in/gcp-images.ts'
import { closeAtTheEnd, exportsOf } from '../test/stand-in/script.ts'

/** The lines to paste into a shell, and the option to give. */
function describe({ url, environment }: GcpStandIn): string {
  return [
    ...exportsOf(environment),
    `# stream-snapshot capture ... --cloud gcp --gcp-endpoint ${url}`,
    '',
  ].join('\n')
}

async function main(): Promise<void> {
  const options = await yargs(hideBin(process.argv))
    .scriptName('gcp-stand-in')
    .usage('$0\n\nA stand-in for the Compute API on 127.0.0.1, until it is told to end.')
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
  process.stderr.write(`gcp-stand-in: ${cause instanceof Error ? cause.message : cause}\n`)
  process.exitCode = 2
}
