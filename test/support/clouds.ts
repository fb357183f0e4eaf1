import { onTestFinished } from 'vitest'
import { type CloudOptions, type Clouds, startClouds } from '../mock-servers/clouds.ts'

/** Starts mock servers for all clouds that are closed after the test. */
export async function cloudsFor(folder: string, options: CloudOptions = {}): Promise<Clouds> {
  const clouds = await startClouds(folder, options)
  onTestFinished(() => clouds.close())
  return clouds
}
