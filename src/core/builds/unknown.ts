import { printable } from '../../printable.ts'
import { ARTIFACT_RULES, OTHER_ARTIFACTS, OTHER_KEYS } from '../stream/platforms.ts'
import { SHOWN_KEYS } from './shown.ts'

/**
 * Names the platforms of a meta.json that this tool does not know, so that a build that grew a new
 * one does not lose it unseen.
 */
export function unknownPlatforms(meta: Readonly<Record<string, unknown>>): string[] {
  const { images } = meta
  const artifacts = isContainer(images) ? Object.keys(images) : []
  const keys = Object.keys(meta).filter((key) => isContainer(meta[key]) && !key.includes('.'))
  return [
    ...artifacts
      .filter((name) => !Object.hasOwn(ARTIFACT_RULES, name) && !OTHER_ARTIFACTS.includes(name))
      .map((name) => `images.${printable(name)}`),
    ...keys.filter((key) => !SHOWN_KEYS.includes(key) && !OTHER_KEYS.includes(key)).map(printable),
  ].sort()
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
