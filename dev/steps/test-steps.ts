// The steps that run tests: the pure ones, and those that need a whole stack of their own.
import { join } from 'node:path'
import { root } from '../root.ts'
import { startStack } from '../stack/start-stack.ts'
import { runVitest } from './run-vitest.ts'
import type { Outcome, Step } from './step.ts'

const testPortOffset = 20_000 // beside a running `npm start`

/** How much of a proof by numbers (100,000 foreign calls, 200 kills …) a usual run repeats, so that it ends within minutes. */
export const usualShare = 0.2

export function testSteps(signal: AbortSignal, share: number): readonly Step[] {
  return [
    { name: 'unit', what: 'tests without emulators', run: () => runVitest('unit') },
    {
      name: 'emulator',
      what: 'rules, flows, races and faults on a stack of its own',
      run: () => onStack(signal, share),
    },
  ]
}

/** The state lies in `.build`, so that its logs can be read after a failure. */
async function onStack(signal: AbortSignal, share: number): Promise<Outcome> {
  const said: string[] = []
  const stack = await startStack({
    portOffset: testPortOffset,
    stateDir: join(root, '.build', 'test-stack'),
    fresh: true,
    seed: true,
    signal,
    say: (line) => said.push(line),
  })
  const stopped = new Promise<Outcome>((resolve) => {
    signal.addEventListener('abort', () => resolve({ ok: false, report: 'Interrupted.' }))
    void stack.failed.then((sentence) => resolve({ ok: false, report: sentence }))
  })
  try {
    return await Promise.race([
      runVitest('emulator', { LK_ENDPOINTS: stack.state.endpoints, LK_PROOF_SHARE: String(share) }),
      stopped,
    ])
  } finally {
    await stack.stop()
  }
}
