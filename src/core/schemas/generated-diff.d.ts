import type { Validator } from './generated.js'

export declare const isDiff: Validator
