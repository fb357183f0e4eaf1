import { captureCommand } from './capture.ts'
import { checkCommand } from './check.ts'
import type { Command } from './command.ts'
import { completionCommand } from './completion.ts'
import { configmapCommand } from './configmap.ts'
import { cosa2streamCommand } from './cosa2stream.ts'
import { diffCommand } from './diff.ts'
import { historyCommand } from './history.ts'
import { imageCommand } from './image.ts'
import { initCommand } from './init.ts'
import { listCommand } from './list.ts'
import { regenerateCommand } from './regenerate.ts'
import { reportCommand } from './report.ts'
import { skewCommand } from './skew.ts'
import { updateCommand } from './update.ts'
import { verifyCommand } from './verify.ts'

/** In the order of the help. */
export const COMMANDS: readonly Command[] = [
  initCommand,
  updateCommand,
  checkCommand,
  regenerateCommand,
  diffCommand,
  historyCommand,
  reportCommand,
  skewCommand,
  listCommand,
  imageCommand,
  configmapCommand,
  captureCommand,
  cosa2streamCommand,
  verifyCommand,
  completionCommand,
]
