import { describe, expect, it } from 'vitest'
import { recordAws } from '../../../../src/capture/clouds/aws/images.ts'
import type { Exchange } from '../../../../src/capture/http/message.ts'
import { type AwsCriteria, BUILT_IN } from '../../../../src/core/criteria/criteria.ts'

const CRITERIA = BUILT_IN.aws as AwsCriteria
const OWNER = CRITERIA.owner
const formatItem = (owner: string, name: string) => `        <item>
            <imageId>ami-0123456789abcdef0</imageId>
            <imageLocation>482915537706/${name}</imageLocation>
            <imageOwnerId>${owner}</imageOwnerId>
            <name>${name}</name>
            <tagSet>
                <item>
                    <key>owner</key>
                    <value>somebody@example.com</value>
                </item>
            </tagSet>
            <description>a &amp; b</description>
        </item>
`
const formatResponse = (items: string) => `<?xml version="1.0" encoding="UTF-8"?>
<DescribeImagesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
    <requestId>11112222-3333-4444-5555-666677778888</requestId>
    <!-- 482915537706 -->
    <imagesSet>
${items}    </imagesSet>
    <nextToken>482915537706/opaque</nextToken>
</DescribeImagesResponse>`

const exchange = (rest: Partial<Exchange> = {}): Exchange => ({
  scope: 'https://127.0.0.1:8444',
  method: 'POST',
  path: '/',
  body: 'Version=2016-11-15&Action=DescribeImages&Owner.1=aws-marketplace&NextToken=482915537706%2Fbefore&Caller=482915537706',
  status: 200,
  response: formatResponse(formatItem(OWNER, 'rhcos') + formatItem('482915537706', 'mine')),
  region: 'eu-central-1',
  ...rest,
})
const record = (rest?: Partial<Exchange>) =>
  recordAws(exchange(rest), CRITERIA, (region) => `https://ec2.${region}.amazonaws.com:443`)

describe('recordAws', () => {
  it('keeps the images of the marketplace with their indentation and no data of the account', () => {
    const recorded = record()
    expect(recorded).toMatchObject({
      scope: 'https://ec2.eu-central-1.amazonaws.com:443',
      body: { Action: 'DescribeImages', 'Owner.1': 'aws-marketplace', Version: '2016-11-15' },
    })
    expect(recorded?.response).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<DescribeImagesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
    <imagesSet>
        <item>
            <imageId>ami-0123456789abcdef0</imageId>
            <imageOwnerId>679593333241</imageOwnerId>
            <name>rhcos</name>
            <description>a &amp; b</description>
        </item>
    </imagesSet>
    <nextToken>${/<nextToken>([0-9a-f]{32})</.exec(String(recorded?.response))?.[1]}</nextToken>
</DescribeImagesResponse>`)
    expect(JSON.stringify(recorded)).not.toMatch(/482915537706|opaque|example\.com/)
  })

  it.each([
    ['a malformed ID', formatItem(OWNER, 'rhcos').replace('ami-0123456789abcdef0', 'ami-x')],
    ['a malformed name', formatItem(OWNER, 'rh&#x202e;cos')],
    ['a name that is too long', formatItem(OWNER, 'r'.repeat(129))],
  ])('drops an image with %s', (_, changed) => {
    const recorded = String(
      record({ response: formatResponse(changed + formatItem(OWNER, 'rhcos')) })?.response,
    )
    expect(recorded).toBe(record()?.response)
  })

  it.each([
    ['imageState', 'a b'],
    ['creationDate', 'yesterday'],
    ['architecture', 'constructor'],
    ['imageState', '&#x9b;31m'],
  ])('drops the %s %j of an image', (name, text) => {
    const changed = formatItem(OWNER, 'rhcos').replace('<name>', `<${name}>${text}</${name}><name>`)
    const recorded = record({ response: formatResponse(changed) })?.response
    expect(recorded).not.toContain(name)
    expect(recorded).toContain('<name>rhcos</name>')
  })

  it('replaces a malformed deprecation date', () => {
    const dated = formatItem(OWNER, 'rhcos').replace(
      '<name>',
      '<deprecationTime>next year</deprecationTime><name>',
    )
    expect(record({ response: formatResponse(dated) })?.response).toContain(
      '<deprecationTime>unreadable</deprecationTime>',
    )
  })

  it('drops 5,000 images of other owners in linear time', () => {
    const time = (count: number) => {
      const response = formatResponse(formatItem('482915537706', 'mine').repeat(count))
      const start = performance.now()
      expect(record({ response })?.response).not.toContain('mine')
      return performance.now() - start
    }
    time(100)
    expect(time(5_000)).toBeLessThan(12 * Math.max(time(1_000), 20))
  })

  it('keeps the images of the GovCloud account of AWS Marketplace', () => {
    const response = formatResponse(formatItem('345084742485', 'gov') + formatItem(OWNER, 'rhcos'))
    const recorded = record({ response, region: 'us-gov-west-1' })?.response
    expect(String(recorded).match(/(?<=<name>)[^<]*/g)).toEqual(['gov'])
  })

  it('keeps only the release of a description with control characters', () => {
    const text = 'OpenShift 4.18 418.94.202410090806-0&#xa;x86_64&#x200b;'
    const changed = formatItem(OWNER, 'rhcos').replace('a &amp; b', text)
    expect(record({ response: formatResponse(changed) })?.response).toContain(
      '<description>418.94.202410090806-0</description>',
    )
  })

  it('drops a region with an invalid name', () => {
    const region = (name: string) =>
      `<item><regionName>${name}</regionName><optInStatus>opted-in</optInStatus></item>`
    const response = `<DescribeRegionsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><regionInfo>${['us-east-1', '# x', 'us-gov-east-1', 'us-east-1.evil'].map(region).join('')}</regionInfo></DescribeRegionsResponse>`
    const recorded = String(record({ body: 'Action=DescribeRegions', response })?.response)
    expect(recorded.match(/(?<=<regionName>)[^<]*/g)).toEqual(['us-east-1', 'us-gov-east-1'])
  })

  it('replaces a page token with the same digest in the response and in the next request', () => {
    const returned = /<nextToken>([^<]+)</.exec(String(record()?.response))?.[1]
    const sent = record({
      body: 'Action=DescribeImages&NextToken=482915537706%2Fopaque',
    })?.body as unknown as Record<string, string>
    expect(sent.NextToken).toBe(returned)
  })

  it.each([
    ['an error response', { status: 401, response: '<Response/>' }],
    ['a response that is cut off', { response: formatResponse('').slice(0, 200) }],
    ['a web page', { response: '<html><body>Sign in</body></html>' }],
    ['a request to another service', { body: 'Action=AssumeRole&Version=2011-06-15' }],
    ['metadata', { method: 'GET', path: '/latest/meta-data/' }],
  ])('drops %s', (_, rest) => {
    expect(record(rest)).toBeUndefined()
  })
})
