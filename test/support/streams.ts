/** A minimal stream with one metal artifact per architecture. */
export function smallStream(
  releases: Readonly<Record<string, string>>,
  name = 'rhcos-4.18',
): string {
  const architectures = Object.fromEntries(
    Object.entries(releases).map(([arch, release]) => [
      arch,
      { artifacts: { metal: { release, formats: {} } }, images: {} },
    ]),
  )
  const metadata = { 'last-modified': '2024-10-10T00:00:00Z', generator: 'by hand' }
  return `${JSON.stringify({ stream: name, metadata, architectures }, undefined, 2)}\n`
}

/** The releases in the example of the enhancement. */
export const EXAMPLE = { aarch64: '418.94.202410090804-0', x86_64: '418.94.202410090804-0' }
