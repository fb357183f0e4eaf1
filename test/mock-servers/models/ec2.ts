import * as client from '@aws-sdk/client-ec2'
import { DOMParser, type Element } from '@xmldom/xmldom'
import { readDeclarations, readPackageFiles } from './declarations.ts'
import { faultsIn, listOf, recordOf, requiring, type Shape, TEXT, withMembers } from './shape.ts'

/** The declarations have the types, and the SDK's schemas what EC2 calls a structure's members. */
function wireName(record: string, member: string): string {
  const schema = (client as unknown as Record<string, unknown[] | undefined>)[`${record}$`] ?? []
  const [names, members] = schema.slice(-2) as [string[]?, unknown[]?]
  const found = members?.[names?.indexOf(member) ?? -1]
  if (found === undefined) throw new Error(`${record} has no member ${member}`)
  // A member that has no traits is one of requests alone.
  const [, traits] = Array.isArray(found) ? (found as [unknown, { xmlName?: string }?]) : []
  return traits?.xmlName ?? member
}

const MODELS = ['enums', ...Array.from({ length: 9 }, (_, index) => `models_${index}`)]

const { shapeOf } = readDeclarations(
  readPackageFiles(...MODELS.map((name) => `@aws-sdk/client-ec2/dist-types/models/${name}.d.ts`)),
  wireName,
)

const answerOf = (result: string, more: Record<string, Shape>) =>
  requiring(withMembers(shapeOf(result), { requestId: TEXT, ...more }), ...Object.keys(more))

/** EC2's answers by the names of their root elements. */
const ANSWERS: Readonly<Record<string, Shape>> = {
  DescribeImagesResponse: answerOf('DescribeImagesResult', {
    imagesSet: listOf(
      requiring(shapeOf('Image'), 'imageId', 'imageState', 'imageOwnerId', 'architecture', 'name'),
    ),
  }),
  DescribeRegionsResponse: answerOf('DescribeRegionsResult', {
    regionInfo: listOf(requiring(shapeOf('Region'), 'regionName', 'regionEndpoint', 'optInStatus')),
  }),
  // No part of the model: its protocol has them so.
  Response: recordOf('Response', {
    Errors: recordOf('Errors', { Error: recordOf('Error', { Code: TEXT, Message: TEXT }) }),
    RequestID: TEXT,
  }),
}

/** What EC2's model forbids in an answer. */
export function faultsInEc2(text: string): string[] {
  const root = new DOMParser().parseFromString(text, 'text/xml').documentElement as Element
  const shape = Object.hasOwn(ANSWERS, root.tagName) ? ANSWERS[root.tagName] : undefined
  if (shape === undefined) return [`answer: EC2 has no ${root.tagName}`]
  return faultsIn(readValue(root, shape), shape)
}

/** An element as what its shape takes it for; where it cannot be, as something that does not fit. */
function readValue(element: Element, shape: Shape): unknown {
  const children = [...element.childNodes].filter(({ nodeType }) => nodeType === 1) as Element[]
  const text = element.textContent ?? ''
  if (shape.is === 'list') {
    const isList = children.every(({ tagName }) => tagName === 'item')
    return isList ? children.map((child) => readValue(child, shape.of)) : text
  }
  if (shape.is === 'record') {
    const members = shape.members()
    const names = children.map(({ tagName }) => tagName)
    return Object.fromEntries(
      children.map((child) => {
        const name = child.tagName
        const isTwice = names.indexOf(name) !== names.lastIndexOf(name)
        return [name, isTwice ? undefined : readValue(child, members[name]?.shape ?? TEXT)]
      }),
    )
  }
  if (children.length > 0) return children.map(({ tagName }) => tagName)
  if (shape.is === 'boolean' && /^(true|false)$/.test(text)) return text === 'true'
  if (shape.is === 'number' && /^-?[0-9]+$/.test(text)) return Number(text)
  return text
}
