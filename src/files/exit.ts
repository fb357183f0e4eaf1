/** What has to be undone however the process ends, other than by SIGKILL. */
const undos = new Set<() => void>()

/**
 * Registers what to undo when the process exits, on a signal too; it must be synchronous.
 *
 * @returns takes it back
 */
export function onExit(undo: () => void): () => void {
  if (undos.size === 0) process.once('exit', undoAll)
  undos.add(undo)
  return () => {
    undos.delete(undo)
    if (undos.size === 0) process.off('exit', undoAll)
  }
}

function undoAll(): void {
  for (const undo of undos) undo()
}
