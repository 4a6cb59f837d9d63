// Preloaded into a served function: no domain for each request. functions-framework makes one, and its hooks on every promise cost as
// much as all of our own work; a handler of ours never throws past itself, so nothing that is proved here depends on them.
const domain = require('node:domain')

domain.create = () => ({ on: () => undefined, run: (handle) => handle() })
