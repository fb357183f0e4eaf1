import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const SCRIPT = fileURLToPath(new URL('../../scripts/azure-mock-server.ts', import.meta.url))

function run(...args: string[]) {
  const child = spawn(process.execPath, ['--import', 'tsx', SCRIPT, ...args])
  const output = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk) => {
    output.stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    output.stderr += chunk
  })
  return { child, output, ended: once(child, 'close') }
}

test('it prints what to export, and stops when it is told', async () => {
  const { child, output, ended } = run('--port', '0', '--images', 'after', '--fault', 'aro4=429:2')
  await once(child.stdout, 'data')
  child.kill('SIGTERM')
  expect(await ended).toEqual([0, null])
  const lines = output.stdout.split('\n')
  const names = lines.flatMap((line) => /^export (\w+)='.+'$/.exec(line)?.[1] ?? [])
  expect(names).toEqual([
    'NODE_EXTRA_CA_CERTS',
    'NO_PROXY',
    'AZURE_AUTHORITY_HOST',
    'AZURE_TENANT_ID',
    'AZURE_CLIENT_ID',
    'AZURE_CLIENT_SECRET',
    'AZURE_SUBSCRIPTION_ID',
  ])
  expect(output.stdout).toMatch(/--azure-endpoint https:\/\/127\.0\.0\.1:\d+$/m)
  expect(output.stderr).toBe('')
})

test.each([
  [['--fault', 'nonsense'], "azure-mock-server: 'nonsense' is no fault"],
  [['--images', 'missing.json'], 'azure-mock-server: missing.json: ENOENT'],
  [['--prot', '1'], 'azure-mock-server: Unknown argument: prot'],
])('%j is refused in one line', async (args, line) => {
  const { output, ended } = run(...args)
  expect(await ended).toEqual([2, null])
  expect(output.stderr.trimEnd().split('\n')).toEqual([expect.stringContaining(line)])
})
