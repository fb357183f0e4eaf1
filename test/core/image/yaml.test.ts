import fc from 'fast-check'
import { dump, load } from 'js-yaml'
import { expect, it } from 'vitest'
import { parseYaml, type YamlPath } from '../../../src/core/image/yaml.ts'

type Tree = { [key: string]: Tree | string }

const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.dictionary(
    fc.constantFrom('a', 'b', 'c'),
    fc.oneof({ maxDepth: 3 }, fc.constantFrom('one', 'two'), tie('tree') as fc.Arbitrary<Tree>),
    { minKeys: 1 },
  ),
}))

/** Returns the paths of all mappings, starting with the root. */
function getMappingPaths(value: Tree | string, path: YamlPath = []): YamlPath[] {
  if (typeof value === 'string') return []
  return [
    path,
    ...Object.keys(value).flatMap((key) => getMappingPaths(value[key] ?? '', [...path, key])),
  ]
}

it('put adds members to any mappings of a file, in any order', () => {
  const isCut = fc.boolean()
  fc.assert(
    fc.property(tree, fc.array(fc.nat(), { maxLength: 4 }), isCut, (value, picks, cut) => {
      const all = getMappingPaths(value)
      const chosen = [...new Set(picks.map((pick) => all[pick % all.length] ?? []))]
      const text = dump(value)
      const file = parseYaml(cut ? text.trimEnd() : text, 'x.yaml')
      const expected = structuredClone(value)
      for (const [at, path] of chosen.entries()) {
        const members = { [`new${at}`]: 'x', nested: { [`new${at}`]: 'y' } }
        file.put(0, path, members)
        const parent = path.reduce<Tree>((sum, key) => sum[key] as Tree, expected)
        Object.assign(parent, members)
      }
      const printed = file.print()
      expect(load(printed)).toEqual(expected)
      expect(printed).not.toMatch(/\n\s*\n/)
    }),
    { numRuns: 150 },
  )
})
