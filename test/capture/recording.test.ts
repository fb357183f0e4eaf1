import { describe, expect, it } from 'vitest'
import { readRecording } from '../../src/capture/recording.ts'

const EXCHANGE = {
  scope: 'https://management.azure.com:443',
  method: 'GET',
  path: '/',
  status: 200,
  response: [],
  rawHeaders: { 'content-type': 'application/json; charset=utf-8' },
}

/** Replaces a key in the text of the exchange, because an object cannot have every key, such as __proto__. */
const replaceKey = (name: string, text: string) => {
  const rest = Object.entries(EXCHANGE).filter(([each]) => each !== name)
  const members = rest.map(([each, value]) => `"${each}": ${JSON.stringify(value)}`)
  return `[{${[...members, `"${name}": ${text}`].join(', ')}}]`
}

describe('readRecording', () => {
  it.each([
    ['scope', '"https://management.azure.com:443"'],
    ['scope', '"http://127.0.0.1:8080"'],
    ['scope', '"https://[::1]:443"'],
    ['body', '{"Action": "DescribeRegions"}'],
    ['body', '""'],
    ['response', '"<a/>"'],
    ['rawHeaders', '{}'],
    ['rawHeaders', '{"content-type": "text/xml;charset=UTF-8"}'],
  ])('accepts %s %s', (name, text) => {
    expect(readRecording(replaceKey(name, text), 'r.json')).toHaveLength(1)
  })

  const host = 'a host such as https://management.azure.com:443'
  it.each([
    ['scope', '"https://:::::"', host],
    ['scope', '"https://["', host],
    ['scope', '"https://a:99999"', host],
    ['scope', '"https://a:-1"', host],
    ['scope', '"https://a"', host],
    ['scope', '"https://A:443"', host],
    ['scope', '"https://a:443/"', host],
    ['scope', '"https://a@b:443"', host],
    ['scope', '"file://a:443"', host],
    ['scope', '{"toString": 1}', host],
    ['method', '"DELETE"', 'GET or POST'],
    ['path', '"https://a/"', 'a path that begins with /'],
    ['path', '"/a#b"', 'a path that begins with /'],
    ['body', '{"a": {"toString": "x"}}', 'a form'],
    ['body', '{"a": 1}', 'a form'],
    ['body', '"a=b"', 'a form'],
    ['body', '["a"]', 'a form'],
    ['body', 'null', 'a form'],
    ['status', '"200"', 'a number from 200 to 599'],
    ['status', '100', 'a number from 200 to 599'],
    ['rawHeaders', '{"set-cookie": "a"}', 'only content-type'],
    ['rawHeaders', '{"content-encoding": "gzip"}', 'only content-type'],
    ['rawHeaders', '{"content-type": "image/png"}', 'only content-type'],
    ['rawHeaders', '{"content-type": "text/html; a=b"}', 'only content-type'],
    ['rawHeaders', '[]', 'only content-type'],
  ])('rejects %s %s', (name, text, expected) => {
    expect(() => readRecording(replaceKey(name, text), 'r.json')).toThrow(
      `r.json: [0].${name}: expected ${expected}`,
    )
  })

  it.each(['reqheaders', 'responseIsBinary', 'options', '__proto__'])(
    'rejects the unknown key %s',
    (name) => {
      expect(() => readRecording(replaceKey(name, '{}'), 'r.json')).toThrow(
        `r.json: [0]: unknown key ${name}, expected scope, method, path, body, status, response, rawHeaders`,
      )
    },
  )

  it('rejects an exchange without a response', () => {
    const { response: _, ...rest } = EXCHANGE
    expect(() => readRecording(JSON.stringify([rest]), 'r.json')).toThrow(
      'r.json: [0].response: expected a response',
    )
  })
})
