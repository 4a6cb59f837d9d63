// Preloaded into the Firebase CLI: one process serves a function's concurrent requests, as `concurrency` does in the cloud.
//
// The Functions emulator gives every request in flight a process of its own, so fifteen at once take fifteen cold starts
// and races inside one instance cannot be seen. This reaches into private code of firebase-tools, which is why that version is
// pinned exactly; `attached` in the log tells the stack that it worked.
const Module = require('node:module')

const load = Module._load
const patched = new WeakSet()
const patches = [
  [/functionsRuntimeWorker$/, (loaded) => shareBusyWorkers(loaded.RuntimeWorkerPool)],
  [/functionsEmulator$/, (loaded) => startOnce(loaded.FunctionsEmulator)],
]

Module._load = function patchedLoad(request, ...rest) {
  const loaded = load.call(this, request, ...rest)
  for (const [name, patch] of patches) {
    if (!name.test(request) || patched.has(loaded)) continue
    patched.add(loaded)
    patch(loaded)
    process.stderr.write(`[one-process-per-function] attached ${name.source}\n`)
  }
  return loaded
}

function shareBusyWorkers(Pool) {
  if (typeof Pool?.prototype.getIdleWorker !== 'function') throw new Error('the worker pool has changed')
  Pool.prototype.getIdleWorker = function getSharedWorker(id, runtime) {
    this.cleanUpWorkers()
    return this.getTriggerWorkers(id, runtime).find((worker) => worker.state === 'IDLE' || worker.state === 'BUSY')
  }
}

function startOnce(Emulator) {
  const start = Emulator?.prototype.startRuntime
  if (typeof start !== 'function') throw new Error('the runtime starter has changed')
  const starting = new Map()
  Emulator.prototype.startRuntime = function startRuntimeOnce(backend, trigger) {
    const key = trigger?.id ?? ''
    const running = starting.get(key)
    if (running) return running
    const started = start.call(this, backend, trigger).finally(() => starting.delete(key))
    starting.set(key, started)
    return started
  }
}
