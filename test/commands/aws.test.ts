import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import type { AwsMockServer } from '../mock-servers/aws.ts'
import { REGIONS } from '../mock-servers/aws-images.ts'
import { awsFor } from '../support/aws.ts'
import { run, temporaryFolder } from '../support/cli.ts'
import { EXAMPLE, smallStream } from '../support/streams.ts'

let folder: string
const at = (name: string) => join(folder, name)
const read = (name: string) => readFile(at(name), 'utf8')

beforeEach(async () => {
  folder = await temporaryFolder()
  await writeFile(at('rhcos.json'), smallStream(EXAMPLE))
})

const capture = (mockServer: AwsMockServer, args: readonly string[] = []) =>
  run(['capture', at('s.json'), '--cloud', 'aws', '--stream', at('rhcos.json'), ...args], {
    env: mockServer.environment,
  })

describe('capture --cloud aws', () => {
  it('queries all products in one request per enabled region, page by page', async () => {
    const mockServer = await awsFor()
    const outcome = await capture(mockServer)
    expect(outcome).toMatchObject({ status: 0, stdout: '' })
    expect(outcome.stderr).toMatch(/^aws: 187 images\n[^\n]+created\n$/)
    expect(mockServer.queries.filter(({ action }) => action === 'DescribeRegions')).toHaveLength(1)
    const first = mockServer.queries.filter(
      ({ action, form }) => action === 'DescribeImages' && form.NextToken === undefined,
    )
    expect(first.map(({ region }) => region).sort()).toEqual([...REGIONS].sort())
    for (const { form } of first) {
      expect(Object.keys(form).filter((name) => name.startsWith('Filter.1.Value.'))).toHaveLength(
        10,
      )
    }
    expect(mockServer.queries.length).toBeGreaterThan(1 + REGIONS.length)
    expect(JSON.parse(await read('s.json')).queries.aws).toEqual([
      { region: 'sa-east-1', images: 19 },
      { region: 'ap-southeast-2', images: 56 },
      { region: 'eu-central-1', images: 56 },
      { region: 'us-east-1', images: 56 },
    ])
  })

  it('queries the regions of --regions without listing regions', async () => {
    const mockServer = await awsFor()
    await capture(mockServer, ['--regions', 'us-east-1,eu-central-1'])
    expect(new Set(mockServer.queries.map(({ region }) => region))).toEqual(
      new Set(['us-east-1', 'eu-central-1']),
    )
    expect(mockServer.queries.some(({ action }) => action === 'DescribeRegions')).toBe(false)
    expect(await run(['capture', at('s.json'), '--replay'])).toMatchObject({ status: 0 })
  })

  it('queries all enabled regions after --regions, and keeps a disabled region', async () => {
    const mockServer = await awsFor({ enabledRegions: ['us-east-1', 'eu-central-1'] })
    const readRegions = async () => {
      const { criteria, queries } = JSON.parse(await read('s.json'))
      expect(criteria.aws.regions).toBeUndefined()
      return queries.aws.map(({ region }: { region: string }) => region).sort()
    }
    await capture(mockServer, ['--regions', 'us-east-1'])
    expect(await readRegions()).toEqual(['us-east-1'])
    expect(await capture(mockServer)).toMatchObject({ status: 0 })
    expect(await readRegions()).toEqual(['eu-central-1', 'us-east-1'])
    mockServer.setRegions(['us-east-1', 'sa-east-1'])
    const { status, stderr } = await capture(mockServer)
    expect(status).toBe(0)
    expect(stderr).toContain('aws eu-central-1: not queried, 56 images unchanged\n')
    expect(await readRegions()).toEqual(['eu-central-1', 'sa-east-1', 'us-east-1'])
    expect(await run(['capture', at('s.json'), '--replay', '--check'])).toMatchObject({ status: 0 })
    expect(await run(['verify', at('s.json')])).toMatchObject({ status: 0 })
  })

  it('continues after pages without images, and replays them', async () => {
    const mockServer = await awsFor({ emptyPages: 2 })
    const { stderr } = await capture(mockServer, ['--regions', 'us-east-1'])
    expect(stderr).toMatch(/^aws: 56 images\n/)
    expect(mockServer.queries).toHaveLength(4)
    expect(await run(['capture', at('s.json'), '--replay'])).toMatchObject({ status: 0 })
  })

  it('fails for all regions if one region refuses the query', async () => {
    const outcome = await capture(await awsFor({ failures: { 'sa-east-1': { status: 403 } } }))
    expect(outcome.status).toBe(3)
    const [error, hint] = outcome.stderr.split('\n')
    expect(error).toMatch(/^stream-snapshot: aws sa-east-1: returned 403 UnauthorizedOperation: /)
    expect(hint).toContain(
      'Query the other regions with --regions ap-southeast-2,eu-central-1,us-east-1; any images of sa-east-1 in the snapshot are kept.',
    )
    expect(outcome.stderr).not.toContain('482915537706')
    expect(await readdir(folder)).toEqual(['rhcos.json'])
  })

  it('accepts a region without images, but refuses an HTML page', async () => {
    const mockServer = await awsFor({ enabledRegions: ['us-east-1', 'eu-west-3'] })
    expect(await capture(mockServer)).toMatchObject({ status: 0 })
    expect(JSON.parse(await read('s.json')).queries.aws).toContainEqual({
      region: 'eu-west-3',
      images: 0,
    })
    mockServer.setFaults([{ path: /./, fault: { kind: 'html' } }])
    const outcome = await capture(mockServer, ['--regions', 'us-east-1'])
    expect(outcome.status).toBe(3)
    expect(outcome.stderr).toContain('aws us-east-1: the response is not from AWS')
  })

  it('refuses an invalid region', async () => {
    const outcome = await run(['capture', at('s.json'), '--cloud', 'aws', '--regions', 'Virginia'])
    expect(outcome.status).toBe(2)
    expect(outcome.stderr).toContain(
      '--regions: expected a region such as us-east-1, found "Virginia"',
    )
  })
})
