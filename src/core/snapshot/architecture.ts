import { InputError } from '../../errors.ts'
import { ARCHITECTURES, type Architecture } from './snapshot.ts'

/** The names that Go, Debian, Kubernetes and Azure use. */
const ALIASES: Readonly<Record<string, Architecture>> = {
  amd64: 'x86_64',
  x64: 'x86_64',
  arm64: 'aarch64',
}

/** CoreOS's name for an architecture; undefined for an unknown one. */
export function architectureOf(text: string): Architecture | undefined {
  const name = text.toLowerCase()
  return (
    ARCHITECTURES.find((each) => each === name) ??
    (Object.hasOwn(ALIASES, name) ? ALIASES[name] : undefined)
  )
}

/** The name in Kubernetes manifests and install-configs. */
export function kubernetesName(architecture: Architecture): string {
  return Object.keys(ALIASES).find((name) => ALIASES[name] === architecture) ?? architecture
}

/** @throws InputError for an unknown architecture */
export function readArchitecture(text: string, option: string): Architecture {
  const found = architectureOf(text)
  if (found !== undefined) return found
  throw new InputError(
    `${option}: expected one of ${ARCHITECTURES.join(', ')}, found ${JSON.stringify(text)}`,
  )
}
