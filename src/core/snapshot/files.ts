import { InputError } from '../../errors.ts'

/** `snapshots/NAME.recording.json`, the recording beside `snapshots/NAME.json`. */
export function recordingFile(snapshot: string): string {
  if (!snapshot.endsWith('.json') || snapshot.endsWith('.recording.json')) {
    throw new InputError(`${snapshot}: expected a snapshot's path, NAME.json`)
  }
  return snapshot.replace(/\.json$/, '.recording.json')
}
