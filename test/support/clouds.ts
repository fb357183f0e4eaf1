import { onTestFinished } from 'vitest'
import { type CloudOptions, type Clouds, startClouds } from '../mock-servers/clouds.ts'

/** The mock servers of all clouds, which stop when the test is over. */
export async function cloudsFor(folder: string, options: CloudOptions = {}): Promise<Clouds> {
  const clouds = await startClouds(folder, options)
  onTestFinished(() => clouds.close())
  return clouds
}
