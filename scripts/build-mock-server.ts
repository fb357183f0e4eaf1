import yargs from 'yargs'
import { hideBin } from 'yargs/helpers'
import { buildsIn, startBuilds } from '../test/mock-servers/builds.ts'
import { DEMONSTRATION, demonstrationBuilds } from '../test/mock-servers/demonstration-builds.ts'
import { FAULT_SYNTAX, parseFaultRule } from '../test/mock-servers/faults.ts'
import { closeAtTheEnd } from '../test/mock-servers/script.ts'

/** The command to try. */
function describe(url: string): string {
  const { name, release, architectures } = DEMONSTRATION
  const builds = architectures.map((arch) => `${arch}=${release}`).join(' ')
  return [
    `export BUILD_SERVER=${url}`,
    `# stream-snapshot capture ... --name ${name} --url ${url} ${builds}`,
    '',
  ].join('\n')
}

async function main(): Promise<void> {
  const options = await yargs(hideBin(process.argv))
    .scriptName('build-mock-server')
    .usage('$0\n\nA mock server for a build server on 127.0.0.1, until it is told to end.')
    .option('port', { type: 'number', default: 8080, describe: '0 for a free one' })
    .option('folder', {
      type: 'string',
      describe: 'Serve NAME/builds/VERSION/ARCH/meta.json of this folder',
      defaultDescription: 'a demonstration build, its digests placeholders',
    })
    .option('latency', { type: 'number', default: 0, describe: 'Milliseconds before each answer' })
    .option('fault', { type: 'string', array: true, default: [], describe: FAULT_SYNTAX })
    .nargs('fault', 1)
    .strict()
    .version(false)
    .example("$0 --fault 's390x=503/1:2'", 'Refuse the first two requests for s390x')
    .parseAsync()

  const source = options.folder === undefined ? demonstrationBuilds : buildsIn(options.folder)
  const server = await startBuilds(source, {
    port: options.port,
    latencyMs: options.latency,
    faults: options.fault.map(parseFaultRule),
  })
  process.stdout.write(describe(server.streams))
  closeAtTheEnd(server.close)
}

try {
  await main()
} catch (cause) {
  process.stderr.write(`build-mock-server: ${cause instanceof Error ? cause.message : cause}\n`)
  process.exitCode = 2
}
