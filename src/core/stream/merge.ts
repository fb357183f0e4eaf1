/** Puts new values into an old tree: only what changes its meaning changes a byte. */

import {
  entriesOf,
  fromValue,
  getMember,
  isList,
  isRecord,
  type JsonMember,
  type JsonNode,
  type JsonObject,
  type JsonRecord,
  type JsonValue,
  meansValue,
  NO_MEMBERS,
  newMember,
} from '../json/document.ts'
import type { Fields, Mapping, Shape } from './schema.ts'

/**
 * `target` with the value `fresh`, laid out by `shape`. New members are put where the shape has them;
 * members that the shape owns and `fresh` does not have are removed; members that the shape does not
 * know stay. Returns `target` itself if nothing changes.
 */
export function mergeNode(target: JsonNode | undefined, fresh: JsonValue, shape: Shape): JsonNode {
  if (isRecord(fresh)) {
    if (shape.kind === 'fields') return mergeFields(target, fresh, shape)
    if (shape.kind === 'map') return mergeMap(target, fresh, shape)
  }
  return replaceNode(target, fresh)
}

/**
 * `object` with its member `name` set to `value`, or without it for undefined. The shape decides the
 * place of a new member. Returns `object` itself if it has that node already.
 */
export function setMember(
  object: JsonObject,
  name: string,
  value: JsonNode | undefined,
  shape: Fields | Mapping,
): JsonObject {
  const old = object.members.get(name)
  if (old?.value === value) return object
  const members = new Map(object.members)
  if (value === undefined) members.delete(name)
  else if (old !== undefined) members.set(name, { ...old, value })
  else return withMembers(object, inserted(members, name, newMember(name, value), shape))
  return withMembers(object, members)
}

function mergeFields(target: JsonNode | undefined, fresh: JsonRecord, shape: Fields): JsonObject {
  const wanted = new Map(entriesOf(fresh))
  let result = asObject(target)
  for (const [name, fieldShape] of shape.fields) {
    const value = wanted.get(name)
    wanted.delete(name)
    if (fieldShape.kind === 'foreign') continue
    result = setMember(result, name, mergeField(getMember(target, name), value, fieldShape), shape)
  }
  for (const [name, value] of wanted) {
    result = setMember(result, name, replaceNode(getMember(target, name), value), shape)
  }
  return result
}

function mergeField(
  target: JsonNode | undefined,
  fresh: JsonValue | undefined,
  shape: Shape,
): JsonNode | undefined {
  if (shape.kind !== 'fields' || !shape.shared) {
    return fresh === undefined ? undefined : mergeNode(target, fresh, shape)
  }
  const merged = mergeNode(target, fresh ?? {}, shape)
  return merged.kind === 'object' && merged.members.size === 0 ? undefined : merged
}

function mergeMap(target: JsonNode | undefined, fresh: JsonRecord, shape: Mapping): JsonObject {
  const object = asObject(target)
  const added = new Map(entriesOf(fresh))
  const members = new Map<string, JsonMember>()
  for (const [name, old] of object.members) {
    const value = added.get(name)
    added.delete(name)
    if (value !== undefined) {
      const node = mergeNode(old.value, value, shape.of)
      members.set(name, node === old.value ? old : { ...old, value: node })
    } else if (shape.owned && !shape.owned.has(name)) {
      members.set(name, old)
    }
  }
  const isSame = [...object.members].every(([name, member]) => members.get(name) === member)
  if (added.size === 0 && isSame) return object
  const fields = [...added].map(([name, value]): [string, JsonMember] => [
    name,
    newMember(name, mergeNode(undefined, value, shape.of)),
  ])
  return withMembers(object, withSorted(members, fields))
}

/** `fresh` alone, in its order, with those parts of `target` that mean the same. */
function replaceNode(target: JsonNode | undefined, fresh: JsonValue): JsonNode {
  if (target === undefined) return fromValue(fresh)
  if (meansValue(target, fresh)) return target
  if (target.kind === 'object' && isRecord(fresh)) {
    const members = entriesOf(fresh).map(([name, value]): [string, JsonMember] => {
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

function asObject(target: JsonNode | undefined): JsonObject {
  return target?.kind === 'object' ? target : NO_MEMBERS
}

function withMembers(object: JsonObject, members: ReadonlyMap<string, JsonMember>): JsonObject {
  return object.frame === undefined
    ? { kind: 'object', members }
    : { kind: 'object', members, frame: object.frame }
}

function inserted(
  members: ReadonlyMap<string, JsonMember>,
  name: string,
  member: JsonMember,
  shape: Fields | Mapping,
): ReadonlyMap<string, JsonMember> {
  if (shape.kind === 'map') return withSorted(members, [[name, member]])
  const place = placeByField([...members.keys()], name, shape)
  return new Map([...members].toSpliced(place, 0, [name, member]))
}

/** Adds each member before the first greater key: a sorted map stays sorted. Linear but for the sort. */
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

/** Behind the last of the preceding fields of the shape, else before the first of the following. */
function placeByField(names: readonly string[], name: string, shape: Fields): number {
  const order = [...shape.fields.keys()]
  const rank = order.indexOf(name)
  if (rank < 0) return names.length
  const previous = order.slice(0, rank).findLast((other) => names.includes(other))
  if (previous !== undefined) return names.indexOf(previous) + 1
  const next = order.slice(rank + 1).find((other) => names.includes(other))
  return next === undefined ? names.length : names.indexOf(next)
}

/** The order of Go's maps, by UTF-8; JavaScript's own puts U+1F600 before U+FFFD. */
function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}
