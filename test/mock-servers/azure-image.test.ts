import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readImages } from './azure-image.ts'

const IMAGE = {
  publisher: 'azureopenshift',
  offer: 'aro4',
  sku: '418-arm',
  version: '418.94.20250122',
  architecture: 'Arm64',
  hyperVGeneration: 'V2',
}

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'images-'))
})

afterAll(() => rm(folder, { recursive: true }))

async function write(text: string): Promise<string> {
  const file = join(folder, 'images.json')
  await writeFile(file, text)
  return file
}

test('a table of images is read', async () => {
  expect(await readImages(await write(JSON.stringify([IMAGE])))).toEqual([IMAGE])
})

test.each([
  ['{}', 'images.json: expected an array of images'],
  ['[', 'images.json: '],
  ['[1]', 'images.json: image 0: expected an object'],
  [JSON.stringify([IMAGE, { ...IMAGE, sku: 418 }]), "image 1: expected a string as 'sku'"],
  [
    JSON.stringify([{ ...IMAGE, architecture: 'arm64' }]),
    "image 0: expected 'architecture' to be one of x64, Arm64",
  ],
])('%s is refused', async (text, message) => {
  await expect(readImages(await write(text))).rejects.toThrow(message)
})
