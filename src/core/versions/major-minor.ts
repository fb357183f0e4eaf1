/** An OCP or RHEL version: 4.18, 9.6. */
export interface MajorMinor {
  readonly major: number
  readonly minor: number
}

export function readMajorMinor(text: string): MajorMinor | undefined {
  const match = /^([1-9][0-9]?)\.(0|[1-9][0-9]{0,2})$/.exec(text)
  return match ? { major: Number(match[1]), minor: Number(match[2]) } : undefined
}

export function printMajorMinor({ major, minor }: MajorMinor): string {
  return `${major}.${minor}`
}

/** Negative if `a` is earlier; as numbers, so 4.8 is before 4.18. */
export function compareMajorMinor(a: MajorMinor, b: MajorMinor): number {
  return a.major - b.major || a.minor - b.minor
}
