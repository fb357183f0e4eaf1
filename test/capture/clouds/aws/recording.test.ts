import { describe, expect, it } from 'vitest'
import { recordAws } from '../../../../src/capture/clouds/aws/images.ts'
import type { Exchange } from '../../../../src/capture/http/message.ts'
import { type AwsCriteria, BUILT_IN } from '../../../../src/core/criteria/criteria.ts'

const CRITERIA = BUILT_IN.aws as AwsCriteria
const OWNER = CRITERIA.owner
const item = (owner: string, name: string) => `        <item>
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
const answer = (items: string) => `<?xml version="1.0" encoding="UTF-8"?>
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
  response: answer(item(OWNER, 'rhcos') + item('482915537706', 'mine')),
  region: 'eu-central-1',
  ...rest,
})
const record = (rest?: Partial<Exchange>) =>
  recordAws(exchange(rest), CRITERIA, (region) => `https://ec2.${region}.amazonaws.com:443`)

describe('recordAws', () => {
  it("keeps the marketplace's images, indented as they came, and nothing of the account", () => {
    const kept = record()
    expect(kept).toMatchObject({
      scope: 'https://ec2.eu-central-1.amazonaws.com:443',
      body: { Action: 'DescribeImages', 'Owner.1': 'aws-marketplace', Version: '2016-11-15' },
    })
    expect(kept?.response).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<DescribeImagesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
    <imagesSet>
        <item>
            <imageId>ami-0123456789abcdef0</imageId>
            <imageOwnerId>679593333241</imageOwnerId>
            <name>rhcos</name>
            <description>a &amp; b</description>
        </item>
    </imagesSet>
    <nextToken>${/<nextToken>([0-9a-f]{32})</.exec(String(kept?.response))?.[1]}</nextToken>
</DescribeImagesResponse>`)
    expect(JSON.stringify(kept)).not.toMatch(/482915537706|opaque|example\.com/)
  })

  it.each([
    ['an id', item(OWNER, 'rhcos').replace('ami-0123456789abcdef0', 'ami-x')],
    ['a name', item(OWNER, 'rh&#x202e;cos')],
    ['a name', item(OWNER, 'r'.repeat(129))],
  ])('drops an image with %s that EC2 has none of', (_, wrong) => {
    const kept = String(record({ response: answer(wrong + item(OWNER, 'rhcos')) })?.response)
    expect(kept).toBe(record()?.response)
  })

  it.each([
    ['imageState', 'a b'],
    ['creationDate', 'yesterday'],
    ['architecture', 'constructor'],
    ['imageState', '&#x9b;31m'],
  ])('drops of an image %s of %j', (name, text) => {
    const wrong = item(OWNER, 'rhcos').replace('<name>', `<${name}>${text}</${name}><name>`)
    const kept = record({ response: answer(wrong) })?.response
    expect(kept).not.toContain(name)
    expect(kept).toContain('<name>rhcos</name>')
  })

  it('replaces a deprecation date that is free text', () => {
    const dated = item(OWNER, 'rhcos').replace(
      '<name>',
      '<deprecationTime>ask me</deprecationTime><name>',
    )
    expect(record({ response: answer(dated) })?.response).toContain(
      '<deprecationTime>unreadable</deprecationTime>',
    )
  })

  it('reads 5,000 images that are not kept in linear time', () => {
    const time = (count: number) => {
      const response = answer(item('482915537706', 'mine').repeat(count))
      const start = performance.now()
      expect(record({ response })?.response).not.toContain('mine')
      return performance.now() - start
    }
    time(100)
    expect(time(5_000)).toBeLessThan(12 * Math.max(time(1_000), 20))
  })

  it('keeps the images of the account that AWS Marketplace has in GovCloud', () => {
    const response = answer(item('345084742485', 'gov') + item(OWNER, 'rhcos'))
    const kept = record({ response, region: 'us-gov-west-1' })?.response
    expect(String(kept).match(/(?<=<name>)[^<]*/g)).toEqual(['gov'])
  })

  it('keeps of a description that is not plain the release alone', () => {
    const text = 'OpenShift 4.18 418.94.202410090806-0&#xa;x86_64&#x200b;'
    const wrong = item(OWNER, 'rhcos').replace('a &amp; b', text)
    expect(record({ response: answer(wrong) })?.response).toContain(
      '<description>418.94.202410090806-0</description>',
    )
  })

  it('drops a region with an invalid name', () => {
    const region = (name: string) =>
      `<item><regionName>${name}</regionName><optInStatus>opted-in</optInStatus></item>`
    const response = `<DescribeRegionsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><regionInfo>${['us-east-1', '# x', 'us-gov-east-1', 'us-east-1.evil'].map(region).join('')}</regionInfo></DescribeRegionsResponse>`
    const kept = String(record({ body: 'Action=DescribeRegions', response })?.response)
    expect(kept.match(/(?<=<regionName>)[^<]*/g)).toEqual(['us-east-1', 'us-gov-east-1'])
  })

  it('gives a token the same digest where it is given and where it is used', () => {
    const given = /<nextToken>([^<]+)</.exec(String(record()?.response))?.[1]
    const used = record({
      body: 'Action=DescribeImages&NextToken=482915537706%2Fopaque',
    })?.body as unknown as Record<string, string>
    expect(used.NextToken).toBe(given)
  })

  it.each([
    ['a refusal', { status: 401, response: '<Response/>' }],
    ['an answer that is cut off', { response: answer('').slice(0, 200) }],
    ['a web page', { response: '<html><body>Sign in</body></html>' }],
    ['a request to another service', { body: 'Action=AssumeRole&Version=2011-06-15' }],
    ['metadata', { method: 'GET', path: '/latest/meta-data/' }],
  ])('drops %s', (_, rest) => {
    expect(record(rest)).toBeUndefined()
  })
})
