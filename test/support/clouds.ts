import { onTestFinished } from 'vitest'
import { type CloudOptions, type Clouds, startClouds } from '../stand-in/clouds.ts'

/** The stand-ins of all clouds, which stop when the test is over. */
export async function cloudsFor(folder: string, options: CloudOptions = {}): Promise<Clouds> {
  const clouds = await startClouds(folder, options)
  onTestFinished(() => clouds.close())
  return clouds
}
