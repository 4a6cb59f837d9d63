// What a reader must know of the machine before a figure means anything.
import { availableParallelism, cpus, loadavg } from 'node:os'

/** `command` is what produced the figures. */
export const machineLine = (command: string): string => {
  const [cpu] = cpus()
  const machine = `${availableParallelism()} cores${cpu === undefined ? '' : ` (${cpu.model.trim()})`}`
  const load = (loadavg()[0] ?? 0).toFixed(1)
  const date = new Date().toISOString().slice(0, 10)
  return `Measured ${date} with \`${command}\`, Node ${process.versions.node}, ${machine}, load average ${load} (this run is 1 of it)`
}
