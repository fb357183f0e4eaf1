import { InputError } from '../../errors.ts'
import type { JsonRecord } from '../json/document.ts'
import type { Build } from '../snapshot/snapshot.ts'
import { ARTIFACT_RULES, type ImageRule, PLATFORM_RULES } from '../stream/platforms.ts'
import type { ArchitectureContent } from '../stream/stream.ts'

type Fields = Readonly<Record<string, unknown>>

/**
 * Translates a build to an architecture of a stream. `metal` always exists, even without artifacts.
 *
 * @param signatures whether artifacts have signatures, whose URLs end in `.sig`
 * @throws InputError, `.images.aws.path: expected …`, if a required member is missing
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
    const image = readFields(readFields(meta.images, '.images')?.[name], path)
    if (image === undefined) continue
    const key = format.replace('{ext}', () => readExtension(image, name, architecture, path))
    formats[platform] ??= {}
    const artifact = readArtifact(image, build.location, signatures, path)
    formats[platform][key] = { ...formats[platform][key], [part]: artifact }
  }

  const images: Record<string, JsonRecord> = {}
  const extensions: Record<string, JsonRecord> = {}
  for (const [platform, rules] of Object.entries(PLATFORM_RULES)) {
    const shown = rules.images && translateImages(rules.images, build)
    if (shown) {
      images[platform] = shown
      formats[platform] ??= {}
    }
    const extension =
      rules.extension && formats[platform] && translateImages(rules.extension, build)
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
function readExtension(image: Fields, name: string, architecture: string, path: string): string {
  const file = readString(image, 'path', path)
  const start = `${name}.${architecture}.`
  const at = file.lastIndexOf(start)
  const extension = at < 0 ? '' : file.slice(at + start.length)
  if (extension === '')
    throw mismatch(`${path}.path`, `a name that ends in ${start}EXTENSION`, file)
  return extension
}

function readArtifact(
  image: Fields,
  location: string,
  signatures: boolean,
  path: string,
): JsonRecord {
  const url = `${location}/${readString(image, 'path', path)}`
  return {
    location: url,
    ...(signatures && { signature: `${url}.sig` }),
    sha256: readString(image, 'sha256', path),
    'uncompressed-sha256': readOptional(image, 'uncompressed-sha256', path),
  }
}

function translateImages(rule: ImageRule, { meta, release }: Build): JsonRecord | undefined {
  const source = meta[rule.from]
  const path = `.${rule.from}`
  const { region } = rule
  if (region === undefined) {
    const fields = readFields(source, path)
    return fields && { release, ...readMembers(rule, fields, release, path) }
  }
  if (source === undefined || source === null) return undefined
  if (!Array.isArray(source)) throw new InputError(`${path}: expected a list`)
  if (source.length === 0) return undefined
  const regions = source.map((each, index): [string, JsonRecord] => {
    const place = `${path}[${index}]`
    const fields = readFields(each, place) ?? {}
    return [
      readString(fields, region, place),
      { release, ...readMembers(rule, fields, release, place) },
    ]
  })
  return { regions: Object.fromEntries(regions) }
}

function readMembers(
  { members, optional = [] }: ImageRule,
  source: Fields,
  release: string,
  path: string,
): JsonRecord {
  return Object.fromEntries(
    Object.entries(members).map(([name, from]) => {
      if (typeof from === 'string') {
        return [name, (optional.includes(name) ? readOptional : readString)(source, from, path)]
      }
      const value = from(source, release)
      if (value === undefined) {
        throw mismatch(path, `image, digest and one tag of the stream for ${name}`)
      }
      return [name, value]
    }),
  )
}

function readFields(value: unknown, path: string): Fields | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'object' && !Array.isArray(value)) return value as Fields
  throw new InputError(`${path}: expected an object`)
}

function readString(fields: Fields, name: string, path: string): string {
  const text = readOptional(fields, name, path)
  if (text === undefined) throw mismatch(`${path}.${name}`, 'a string')
  return text
}

/** Go omits empty strings. */
function readOptional(fields: Fields, name: string, path: string): string | undefined {
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
