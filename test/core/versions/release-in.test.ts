import { describe, expect, it } from 'vitest'
import { releaseIn } from '../../../src/core/versions/version.ts'

describe('releaseIn', () => {
  it.each([
    ['rhcos-413.92.202305021736-0-x86_64-Marketplace-59ead7de', '413.92.202305021736-0'],
    ['rhcos-x86_64-415.92.202402201450-0-34850061-abaf-402d', '415.92.202402201450-0'],
    ['rhcos-x86_64-415.92.202402201450-34850061-abaf-402d', '415.92.202402201450'],
    ['RHEL CoreOS 9.6 9.6.20260210-0 x86_64', '9.6.20260210-0'],
    ['rhcos-9.6.20250701-0-x86_64', '9.6.20250701-0'],
    ['RHEL CoreOS 10.2 10.2.20260423-1 aarch64', '10.2.20260423-1'],
    ['418.94.202410090804-0', '418.94.202410090804-0'],
  ])('finds the release in %s', (text, release) => {
    expect(releaseIn(text)).toBe(release)
  })

  it.each([
    'RHEL-9.4-RHCOS-4.18_HVM_GA-20251119-x86_64-0-59ead7de-2540-4653-a8b0-fa7926d5c845',
    'version 1.2.20251301',
    '1418.94.2024100908041',
    'rhcos',
    '',
  ])('finds no release in %s', (text) => {
    expect(releaseIn(text)).toBeUndefined()
  })
})
