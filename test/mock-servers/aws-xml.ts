import { randomUUID } from 'node:crypto'
import type { MockResponse } from './server.ts'

/** The name and the content of an element. */
export type XmlElement = readonly [name: string, content: string | readonly XmlElement[]]

const NAMESPACE = 'http://ec2.amazonaws.com/doc/2016-11-15/'
const PROLOGUE = '<?xml version="1.0" encoding="UTF-8"?>\n'

/** Like EC2, with a request ID first and four spaces of indentation. */
export function actionResponse(action: string, content: readonly XmlElement[]): MockResponse {
  const inner = [['requestId', randomUUID()] as const, ...content]
  const name = `${action}Response`
  return xmlResponse(
    200,
    `<${name} xmlns="${NAMESPACE}">\n${inner.map((each) => print(each, 1)).join('')}</${name}>`,
  )
}

/** Like EC2, on one line. */
export function errorXml(status: number, code: string, message: string): MockResponse {
  return xmlResponse(
    status,
    `<Response><Errors><Error><Code>${code}</Code><Message>${escapeXml(message)}</Message></Error></Errors><RequestID>${randomUUID()}</RequestID></Response>`,
  )
}

function xmlResponse(status: number, root: string): MockResponse {
  return {
    status,
    headers: { 'content-type': 'text/xml;charset=UTF-8', 'x-amzn-requestid': randomUUID() },
    body: PROLOGUE + root,
  }
}

function print([name, content]: XmlElement, depth: number): string {
  const indentation = '    '.repeat(depth)
  if (typeof content === 'string') return `${indentation}<${name}>${escapeXml(content)}</${name}>\n`
  if (content.length === 0) return `${indentation}<${name}/>\n`
  const inner = content.map((each) => print(each, depth + 1)).join('')
  return `${indentation}<${name}>\n${inner}${indentation}</${name}>\n`
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
