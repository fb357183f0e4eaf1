import { expect, it } from 'vitest'
import { readWorkspace } from '../../../src/core/workspace/read.ts'
import { streamConfigs } from '../../../src/core/workspace/workspace.ts'

it('resolves paths, clouds and defaults of each workspace stream', () => {
  const text = JSON.stringify({
    clouds: ['azure', 'aws'],
    streams: {
      9: { snapshot: 's/9.json', target: '9.json', marketplaceFile: 'm.json', ocp: '4.20' },
      scos: { snapshot: 's/scos.json', target: 'scos.json', layouts: ['none'], require: 'exact' },
    },
  })
  const configs = streamConfigs(readWorkspace(text, 'w.json'), (path) => `../${path}`)
  expect([...configs]).toEqual([
    [
      '9',
      {
        snapshot: '../s/9.json',
        target: '../9.json',
        marketplaceFile: '../m.json',
        ocp: '4.20',
        require: 'any',
        clouds: ['azure', 'aws'],
      },
    ],
    [
      'scos',
      {
        snapshot: '../s/scos.json',
        target: '../scos.json',
        layouts: [],
        require: 'exact',
        clouds: [],
      },
    ],
  ])
})
