/** Trouble on demand: armed faults decide what happens to the next calls, and every call is counted. */
import { StatusError, type StatusName } from '../wire/status.ts'

/** Without `method` a fault concerns every method; `call` counts matching calls from the moment it was added. */
export type Fault =
  /** Every call is refused with UNAVAILABLE and does nothing, until cleared. */
  | { readonly kind: 'unavailable'; readonly method?: string }
  /** Every call waits first, until cleared. */
  | { readonly kind: 'slow'; readonly ms: number; readonly method?: string }
  /** One call, the next unless `call` says otherwise, is refused with this code and does nothing. */
  | { readonly kind: 'fail'; readonly code: StatusName; readonly call?: number; readonly method?: string }
  /** One call takes effect, but its caller is told UNAVAILABLE. */
  | { readonly kind: 'loseAnswer'; readonly call?: number; readonly method?: string }
  /** One call takes effect, and the bytes of its answer arrive changed, under their old checksums. */
  | { readonly kind: 'damage'; readonly call?: number; readonly method?: string }

export type Faults = {
  /** @throws when the method is not one that is emulated, so that a typing error cannot pass for calm. */
  add(fault: Fault): void
  /** The faults still armed. */
  list(): Fault[]
  /** How often each method has arrived since the start or the last clear, refused calls included. */
  calls(): Record<string, number>
  /** Disarms everything and counts from zero. */
  clear(): void
}

export type Sleep = (ms: number) => Promise<void>

export type FaultGate = {
  readonly faults: Faults
  /** Lets a call in, late or not at all; answers what is to become of its answer. */
  admit(method: string): Promise<{ loseAnswer: boolean; damage: boolean }>
}

type Armed = { readonly fault: Fault; matched: number }

const isDue = ({ fault, matched }: Armed): boolean =>
  fault.kind === 'unavailable' || fault.kind === 'slow' || matched === (fault.call ?? 1)

const isOnce = ({ fault }: Armed): boolean => fault.kind !== 'unavailable' && fault.kind !== 'slow'

function refuse(method: string, due: readonly Armed[]): void {
  for (const { fault } of due) {
    if (fault.kind === 'unavailable') throw new StatusError('UNAVAILABLE', 'The service is currently unavailable.')
    if (fault.kind === 'fail') throw new StatusError(fault.code, `Injected fault: ${method} fails with ${fault.code}.`)
  }
}

export function openFaultGate(methods: readonly string[], sleep: Sleep): FaultGate {
  let armed: Armed[] = []
  let counts = new Map<string, number>()

  function takeDue(method: string): Armed[] {
    counts.set(method, (counts.get(method) ?? 0) + 1)
    const matching = armed.filter(({ fault }) => fault.method === undefined || fault.method === method)
    for (const one of matching) one.matched++
    const due = matching.filter(isDue)
    armed = armed.filter((one) => !(due.includes(one) && isOnce(one)))
    return due
  }

  const faults: Faults = {
    add(fault) {
      if (fault.method !== undefined && !methods.includes(fault.method)) {
        throw new Error(`There is no emulated method '${fault.method}'. Possible: ${methods.join(', ')}.`)
      }
      armed.push({ fault, matched: 0 })
    },
    list: () => armed.map(({ fault }) => fault),
    calls: () => Object.fromEntries(counts),
    clear() {
      armed = []
      counts = new Map()
    },
  }

  async function admit(method: string): Promise<{ loseAnswer: boolean; damage: boolean }> {
    const due = takeDue(method)
    for (const { fault } of due) if (fault.kind === 'slow') await sleep(fault.ms)
    refuse(method, due)
    const has = (kind: Fault['kind']) => due.some(({ fault }) => fault.kind === kind)
    return { loseAnswer: has('loseAnswer'), damage: has('damage') }
  }

  return { faults, admit }
}
