/** Code that both models share. */
import { existsSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import fc from 'fast-check'

export const PRODUCT = '59ead7de-2540-4653-a8b0-fa7926d5c845'
export const PROJECT = 'redhat-marketplace-public'
export const STAMPS = ['202409160000', '202410090804', '202411201200'] as const
export const CLOUDS = ['azure', 'aws', 'gcp'] as const
export const FIRST_DAY = Date.parse('2025-01-01T00:00:00Z')
export const DAY = 86_400_000

const { MODEL_SEQUENCES = '40', MODEL_SEED, MODEL_SHRINK } = process.env

/**
 * MODEL_SEQUENCES sets the number of sequences, MODEL_SEED repeats a run, and MODEL_SHRINK=0 prints
 * a failing sequence without shrinking it.
 */
export const PARAMETERS = {
  numRuns: Number(MODEL_SEQUENCES),
  endOnFailure: MODEL_SHRINK === '0',
  ...(MODEL_SEED !== undefined && { seed: Number(MODEL_SEED) }),
}

/** True with a probability of 1/`times`. Shrinks to false. */
export const chance = (times: number) =>
  fc.nat({ max: times - 1 }).map((each) => each === times - 1)

export const clockStep = fc.record({
  kind: fc.constant('clock' as const),
  days: fc.integer({ min: 1, max: 3 }),
})

/** Criteria with one plan per cloud. @param skus Azure architectures by the suffix of the SKU */
export async function readCriteria(skus: Readonly<Record<string, string>>) {
  const builtIn = JSON.parse(await readFile('src/core/criteria/criteria.json', 'utf8'))
  const azure = Object.entries(skus).map(([end, architecture]) => ({
    name: `{major}{minor}-${end}`,
    architecture,
    generation: 2,
  }))
  return {
    schemaVersion: 1,
    earlierMinors: 1,
    rhel: { '4.17': ['9.4'], '4.18': ['9.4'] },
    azure: {
      environment: 'AzurePublicCloud',
      location: 'eastus',
      plans: {
        'no-purchase-plan': { publisher: 'azureopenshift', offer: 'aro4', skus: azure },
      },
    },
    aws: { ...builtIn.aws, plans: { ocp: { x86_64: PRODUCT } } },
    gcp: { project: PROJECT, plans: { ocp: { ...builtIn.gcp.plans.ocp, names: [] } } },
  }
}

/** Counts the occurrences of a name that are not the start of a longer name. */
export function countName(text: string, name: string): number {
  return text.split(new RegExp(`${name.replaceAll('.', '\\.')}(?![\\w])`)).length - 1
}

export const readIfExists = (file: string): string | undefined =>
  existsSync(file) ? readFileSync(file, 'utf8') : undefined
