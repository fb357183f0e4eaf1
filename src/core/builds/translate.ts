import { InputError } from '../../errors.ts'
import type { JsonRecord } from '../json/document.ts'
import type { Build } from '../snapshot/snapshot.ts'
import { ARTIFACT_RULES, type ImageRule, PLATFORM_RULES } from '../stream/platforms.ts'
import type { ArchitectureContent } from '../stream/stream.ts'

type Fields = Readonly<Record<string, unknown>>

/**
 * The part of a build in a stream. `metal` always exists, even without artifacts.
 *
 * @param signatures whether artifacts are signed: then each one's signature is its URL and `.sig`
 * @throws InputError, `.images.aws.path: expected …`, if a member that a stream shows is missing
 */
export function translate(
  architecture: string,
  build: Build,
  signatures: boolean,
): ArchitectureContent {
  const { release, meta } = build
  const formats: Record<string, Record<string, Record<string, JsonRecord>>> = { metal: {} }
  for (const [name, { platform, format, part }] of Object.entries(ARTIFACT_RULES)) {
    const path = `.images.${name}`
    const image = fieldsOf(fieldsOf(meta.images, '.images')?.[name], path)
    if (image === undefined) continue
    const key = format.replace('{ext}', () => extensionOf(image, name, architecture, path))
    formats[platform] ??= {}
    const artifact = artifactOf(image, build.location, signatures, path)
    formats[platform][key] = { ...formats[platform][key], [part]: artifact }
  }

  const images: Record<string, JsonRecord> = {}
  const extensions: Record<string, JsonRecord> = {}
  for (const [platform, rules] of Object.entries(PLATFORM_RULES)) {
    const shown = rules.images && show(rules.images, build)
    if (shown) {
      images[platform] = shown
      formats[platform] ??= {}
    }
    const extension = rules.extension && formats[platform] && show(rules.extension, build)
    if (rules.extension && extension) extensions[rules.extension.key] = extension
  }
  const artifacts = Object.entries(formats).map(([name, own]) => [name, { release, formats: own }])
  return {
    artifacts: Object.fromEntries(artifacts),
    images,
    ...(Object.keys(extensions).length > 0 && { 'rhel-coreos-extensions': extensions }),
  }
}

/** `vmdk.gz` of `rhcos-418.94.202410090804-0-aws.x86_64.vmdk.gz`. */
function extensionOf(image: Fields, name: string, architecture: string, path: string): string {
  const file = textOf(image, 'path', path)
  const start = `${name}.${architecture}.`
  const at = file.lastIndexOf(start)
  const extension = at < 0 ? '' : file.slice(at + start.length)
  if (extension === '')
    throw mismatch(`${path}.path`, `a name that ends in ${start}EXTENSION`, file)
  return extension
}

function artifactOf(
  image: Fields,
  location: string,
  signatures: boolean,
  path: string,
): JsonRecord {
  const url = `${location}/${textOf(image, 'path', path)}`
  return {
    location: url,
    ...(signatures && { signature: `${url}.sig` }),
    sha256: textOf(image, 'sha256', path),
    'uncompressed-sha256': optionalOf(image, 'uncompressed-sha256', path),
  }
}

function show(rule: ImageRule, { meta, release }: Build): JsonRecord | undefined {
  const source = meta[rule.from]
  const path = `.${rule.from}`
  const { region } = rule
  if (region === undefined) {
    const fields = fieldsOf(source, path)
    return fields && { release, ...membersOf(rule, fields, release, path) }
  }
  if (source === undefined || source === null) return undefined
  if (!Array.isArray(source)) throw new InputError(`${path}: expected a list`)
  if (source.length === 0) return undefined
  const regions = source.map((each, index): [string, JsonRecord] => {
    const place = `${path}[${index}]`
    const fields = fieldsOf(each, place) ?? {}
    return [textOf(fields, region, place), { release, ...membersOf(rule, fields, release, place) }]
  })
  return { regions: Object.fromEntries(regions) }
}

function membersOf(
  { members, optional = [] }: ImageRule,
  source: Fields,
  release: string,
  path: string,
): JsonRecord {
  return Object.fromEntries(
    Object.entries(members).map(([name, from]) => {
      if (typeof from === 'string') {
        return [name, (optional.includes(name) ? optionalOf : textOf)(source, from, path)]
      }
      const value = from(source, release)
      if (value === undefined) {
        throw mismatch(path, `what ${name} is made of: image, digest and one tag of the stream`)
      }
      return [name, value]
    }),
  )
}

function fieldsOf(value: unknown, path: string): Fields | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'object' && !Array.isArray(value)) return value as Fields
  throw new InputError(`${path}: expected an object`)
}

function textOf(fields: Fields, name: string, path: string): string {
  const text = optionalOf(fields, name, path)
  if (text === undefined) throw mismatch(`${path}.${name}`, 'a string')
  return text
}

/** Go leaves empty texts out. */
function optionalOf(fields: Fields, name: string, path: string): string | undefined {
  const value = fields[name]
  if (value === undefined || value === null || value === '') return undefined
  if (typeof value !== 'string') throw new InputError(`${path}.${name}: expected a string`)
  return value
}

function mismatch(path: string, expected: string, found?: string): InputError {
  return new InputError(
    `${path}: expected ${expected}, found ${found === undefined ? 'nothing' : JSON.stringify(found)}`,
  )
}
