export { regenerate } from './regenerate/regenerate.ts'
