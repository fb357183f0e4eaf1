import {
  equalsValue,
  fromValue,
  getEntries,
  getMember,
  isList,
  isRecord,
  type JsonMember,
  type JsonNode,
  type JsonObject,
  type JsonValue,
  NO_MEMBERS,
  newMember,
} from '../json/document.ts'
import { type Fields, type Mapping, type Shape, WHOLE } from './schema.ts'

/**
 * Sets the value of a node and keeps the bytes of everything whose value is unchanged. New members have
 * the order of the shape. Members that the shape owns are removed if `fresh` does not have them; members
 * that are unknown to the shape are unchanged. Returns `target` itself if nothing changes.
 */
export function mergeNode(target: JsonNode | undefined, fresh: JsonValue, shape: Shape): JsonNode {
  if (!isRecord(fresh) || shape.kind === 'whole' || shape.kind === 'foreign') {
    return replaceNode(target, fresh)
  }
  const object = target?.kind === 'object' ? target : NO_MEMBERS
  const wanted = new Map(getEntries(fresh))
  const owned = shape.kind === 'fields' ? shape.fields : (shape.owned ?? object.members)
  const changes = new Map<string, JsonNode | undefined>()
  for (const name of new Set([...owned.keys(), ...wanted.keys()])) {
    const inner = shape.kind === 'map' ? shape.of : (shape.fields.get(name) ?? WHOLE)
    if (inner.kind === 'foreign') continue
    const isShared = inner.kind === 'fields' && inner.shared
    const value = !wanted.has(name) && isShared ? {} : wanted.get(name)
    const node = value === undefined ? undefined : mergeNode(getMember(target, name), value, inner)
    const isEmpty = isShared && node?.kind === 'object' && node.members.size === 0
    changes.set(name, isEmpty ? undefined : node)
  }
  return withChanges(object, changes, shape)
}

/** Removes the member for undefined. Returns `object` itself if nothing changes. */
export function setMember(
  object: JsonObject,
  name: string,
  value: JsonNode | undefined,
  shape: Fields | Mapping,
): JsonObject {
  return withChanges(object, new Map([[name, value]]), shape)
}

function withChanges(
  object: JsonObject,
  changes: ReadonlyMap<string, JsonNode | undefined>,
  shape: Fields | Mapping,
): JsonObject {
  const members = new Map(object.members)
  const changed = [...changes].filter(([name, node]) => members.get(name)?.value !== node)
  if (changed.length === 0) return object
  const added: [string, JsonMember][] = []
  for (const [name, value] of changed) {
    const old = members.get(name)
    if (value === undefined) members.delete(name)
    else if (old !== undefined) members.set(name, { ...old, value })
    else added.push([name, newMember(name, value)])
  }
  return withMembers(
    object,
    shape.kind === 'map' ? withSorted(members, added) : withFields(members, added, shape),
  )
}

/** Sets a value in the order of `fresh`, and keeps the nodes whose value is unchanged. */
function replaceNode(target: JsonNode | undefined, fresh: JsonValue): JsonNode {
  if (target === undefined) return fromValue(fresh)
  if (equalsValue(target, fresh)) return target
  if (target.kind === 'object' && isRecord(fresh)) {
    const members = getEntries(fresh).map(([name, value]): [string, JsonMember] => {
      const old = target.members.get(name)
      return [
        name,
        old === undefined
          ? newMember(name, fromValue(value))
          : { ...old, value: replaceNode(old.value, value) },
      ]
    })
    return withMembers(target, new Map(members))
  }
  if (target.kind === 'array' && isList(fresh)) {
    const elements = fresh.map((value, index) => replaceNode(target.elements[index], value))
    return { kind: 'array', elements }
  }
  return fromValue(fresh)
}

function withMembers(object: JsonObject, members: ReadonlyMap<string, JsonMember>): JsonObject {
  return { kind: 'object', members, ...(object.frame && { frame: object.frame }) }
}

/** Adds each field after the last of the preceding fields, else before the first of the following. */
function withFields(
  members: ReadonlyMap<string, JsonMember>,
  added: readonly [string, JsonMember][],
  shape: Fields,
): ReadonlyMap<string, JsonMember> {
  const order = [...shape.fields.keys()]
  let all = [...members]
  for (const member of added) {
    const names = all.map(([name]) => name)
    const rank = order.indexOf(member[0])
    const previous = order.slice(0, Math.max(0, rank)).findLast((other) => names.includes(other))
    const next = order.slice(rank + 1).find((other) => names.includes(other))
    const isKnown = rank >= 0 && (previous ?? next) !== undefined
    const at = previous === undefined ? names.indexOf(next ?? '') : names.indexOf(previous) + 1
    all = all.toSpliced(isKnown ? at : all.length, 0, member)
  }
  return new Map(all)
}

/** Adds each member before the first greater key, in linear time after sorting. */
function withSorted(
  members: ReadonlyMap<string, JsonMember>,
  added: readonly (readonly [string, JsonMember])[],
): ReadonlyMap<string, JsonMember> {
  const sorted = [...added].sort(([a], [b]) => compareBytes(a, b))
  const result = new Map<string, JsonMember>()
  let at = 0
  for (const [name, member] of members) {
    for (let next = sorted[at]; next && compareBytes(next[0], name) < 0; next = sorted[++at]) {
      result.set(...next)
    }
    result.set(name, member)
  }
  for (const [name, member] of sorted.slice(at)) result.set(name, member)
  return result
}

/** The order of Go's maps, by UTF-8. JavaScript's own order has U+1F600 before U+FFFD. */
function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}
