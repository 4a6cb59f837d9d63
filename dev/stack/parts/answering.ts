// Whether somebody listens on a port: how the stack sees a part come up, and go down.
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { host } from '../ports.ts'

export function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 2_000 })
    const end = (result: boolean) => {
      socket.destroy()
      resolve(result)
    }
    socket.once('connect', () => end(true))
    socket.once('timeout', () => end(false))
    socket.once('error', () => end(false))
  })
}

export async function untilAnswers(port: number, signal: AbortSignal): Promise<void> {
  while (!(await answers(port))) await delay(150, undefined, { signal })
}

export async function untilSilent(port: number, signal: AbortSignal): Promise<void> {
  let misses = 0 // a busy machine may miss one
  while (misses < 3) {
    await delay(1_000, undefined, { signal })
    misses = (await answers(port)) ? 0 : misses + 1
  }
}
