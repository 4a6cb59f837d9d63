// What a service imports: one function that makes it, one error that it throws.
export type { Decision } from '@latchkey/core/access/decision'
export { createLatchkey, type From, type Latchkey } from './service/create-latchkey.ts'
export type { On } from './service/on.ts'
export type { LatchkeyOptions } from './service/options.ts'
export type { Legacy, Principal } from './service/principal.ts'
export { LatchkeyRefusal } from './service/refused.ts'
