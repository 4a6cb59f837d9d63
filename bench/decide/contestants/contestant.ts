// What every contestant brings: how it is built from the world, and how many of the questions it can be asked.
import type { Question, SizeName, World } from '../world/model.ts'

export type Check = (question: Question) => boolean | Promise<boolean>

export interface Contestant {
  readonly name: string
  /** What a reader must know to judge the figure. */
  readonly note: string
  /** How many of the questions it is asked; all when absent, 0: does not run at that size. */
  readonly asked?: Partial<Readonly<Record<SizeName, number>>>
  /** Its check answers with a promise, so the loop awaits it. */
  readonly asynchronous?: true
  readonly build: (world: World, asked: readonly Question[]) => Built | Promise<Built>
}

export interface Built {
  readonly check: Check
  /** When it holds only the asked users: how many, so that its memory can be scaled to all. */
  readonly heldUsers?: number
}
