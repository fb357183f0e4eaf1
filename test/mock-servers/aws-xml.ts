import { randomUUID } from 'node:crypto'
import type { Answer } from './server.ts'

/** An element's name and what is in it: text, or further elements. */
export type XmlElement = readonly [name: string, content: string | readonly XmlElement[]]

const NAMESPACE = 'http://ec2.amazonaws.com/doc/2016-11-15/'
const PROLOGUE = '<?xml version="1.0" encoding="UTF-8"?>\n'

/** EC2's answer to an action: a request id, then the action's own elements, indented by four. */
export function actionAnswer(action: string, content: readonly XmlElement[]): Answer {
  const inner = [['requestId', randomUUID()] as const, ...content]
  const name = `${action}Response`
  return xmlAnswer(
    200,
    `<${name} xmlns="${NAMESPACE}">\n${inner.map((each) => print(each, 1)).join('')}</${name}>`,
  )
}

/** EC2's errors stand on one line. */
export function errorAnswer(status: number, code: string, message: string): Answer {
  return xmlAnswer(
    status,
    `<Response><Errors><Error><Code>${code}</Code><Message>${escapeXml(message)}</Message></Error></Errors><RequestID>${randomUUID()}</RequestID></Response>`,
  )
}

function xmlAnswer(status: number, root: string): Answer {
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
