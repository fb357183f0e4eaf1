import { InputError } from '../errors.ts'
import { ARCHITECTURES, type Architecture } from '../index.ts'

/** How others name architectures: Go and Debian, and Azure. */
const ALIASES: Readonly<Record<string, Architecture>> = {
  amd64: 'x86_64',
  x64: 'x86_64',
  arm64: 'aarch64',
}

/** CoreOS's own name for an architecture that is named in any way; undefined for none. */
export function architectureOf(text: string): Architecture | undefined {
  const name = text.toLowerCase()
  return (
    ARCHITECTURES.find((each) => each === name) ??
    (Object.hasOwn(ALIASES, name) ? ALIASES[name] : undefined)
  )
}

/** @throws InputError for what names none */
export function readArchitecture(text: string, option: string): Architecture {
  const found = architectureOf(text)
  if (found !== undefined) return found
  throw new InputError(
    `${option}: expected one of ${ARCHITECTURES.join(', ')}, found ${JSON.stringify(text)}`,
  )
}
