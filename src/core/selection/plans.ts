/** The order in which stream-metadata-go writes the plans; others follow by name. */
export const PLANS: readonly string[] = [
  'no-purchase-plan',
  'ocp',
  'opp',
  'oke',
  'ocp-emea',
  'opp-emea',
  'oke-emea',
  'rosa',
]

export function comparePlans(a: string, b: string): number {
  const rank = (plan: string) => PLANS.indexOf(plan) + 1 || PLANS.length + 1
  return rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0)
}
