/** The pools of an install-config that an image can be for; the compute pools by their names too. */
export const POOLS = [
  'defaultMachinePlatform',
  'controlPlane',
  'compute',
  'worker',
  'edge',
] as const
export type Pool = (typeof POOLS)[number]

/** Whether a pool stands in the list of compute pools, whose only one `compute` is. */
export function isComputePool(pool: Pool): boolean {
  return pool === 'compute' || isNamedPool(pool)
}

/** Whether a pool is told from others of its list by its name. */
export function isNamedPool(pool: Pool): boolean {
  return pool === 'worker' || pool === 'edge'
}
