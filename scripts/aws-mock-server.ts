import yargs from 'yargs'
import { hideBin } from 'yargs/helpers'
import { type AwsMockServer, startAws } from '../test/mock-servers/aws.ts'
import { demonstrationImages, NOT_ENABLED } from '../test/mock-servers/aws-images.ts'
import { FAULT_SYNTAX, parseFaultRule } from '../test/mock-servers/faults.ts'
import { closeAtTheEnd, exportsOf } from '../test/mock-servers/script.ts'

/** The lines to paste into a shell. */
function describe({ environment }: AwsMockServer): string {
  return [...exportsOf(environment), '# stream-snapshot capture ... --cloud aws', ''].join('\n')
}

/** `sa-east-1=503:2` is two refusals of that region. */
function parseFailure(text: string): [region: string, failure: { status: number; times?: number }] {
  const [, region, status, times] = /^([a-z0-9-]+)=([45][0-9]{2})(?::([0-9]+))?$/.exec(text) ?? []
  if (region === undefined)
    throw new Error(`'${text}' is no failure: expected REGION=STATUS[:TIMES]`)
  return [region, { status: Number(status), ...(times && { times: Number(times) }) }]
}

async function main(): Promise<void> {
  const options = await yargs(hideBin(process.argv))
    .scriptName('aws-mock-server')
    .usage('$0\n\nA mock server for EC2 on 127.0.0.1, until it is told to end.')
    .option('port', { type: 'number', default: 8444, describe: '0 for a free one' })
    .option('latency', { type: 'number', default: 0, describe: 'Milliseconds before each answer' })
    .option('page-size', { type: 'number', default: 25, describe: 'Images on a page at most' })
    .option('empty-pages', {
      type: 'number',
      default: 0,
      describe: 'Pages without an image before the others',
    })
    .option('fail', {
      type: 'string',
      array: true,
      default: [],
      describe: 'What a region answers instead, REGION=STATUS[:TIMES]',
    })
    .option('fault', { type: 'string', array: true, default: [], describe: FAULT_SYNTAX })
    .nargs('fault', 1)
    .nargs('fail', 1)
    .strict()
    .version(false)
    .example("$0 --fail 'sa-east-1=503:2'", 'Throttle a region twice')
    .parseAsync()

  const aws = await startAws({
    images: demonstrationImages(),
    otherRegions: [NOT_ENABLED],
    port: options.port,
    latencyMs: options.latency,
    pageSize: options['page-size'],
    emptyPages: options['empty-pages'],
    failures: Object.fromEntries(options.fail.map(parseFailure)),
    faults: options.fault.map(parseFaultRule),
  })
  process.stdout.write(describe(aws))
  closeAtTheEnd(aws.close)
}

try {
  await main()
} catch (cause) {
  process.stderr.write(`aws-mock-server: ${cause instanceof Error ? cause.message : cause}\n`)
  process.exitCode = 2
}
