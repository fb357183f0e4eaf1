/** The pools of an install-config that an image can be for. */
export const POOLS = ['defaultMachinePlatform', 'controlPlane', 'compute'] as const
export type Pool = (typeof POOLS)[number]
