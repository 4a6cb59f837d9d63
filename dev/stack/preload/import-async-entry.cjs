// Preloaded into the emulator's workers: an entry with a top-level await is imported, as in the cloud, instead of given up.
//
// The worker tries require(), and turns to import() only for ERR_REQUIRE_ESM; since Node can require ES modules, an entry that
// awaits says ERR_REQUIRE_ASYNC_MODULE instead, which firebase-functions understands and the emulator does not.
const Module = require('node:module')

const load = Module._load

Module._load = function loadOrAskForImport(...request) {
  try {
    return load.apply(this, request)
  } catch (error) {
    if (error?.code === 'ERR_REQUIRE_ASYNC_MODULE') error.code = 'ERR_REQUIRE_ESM'
    throw error
  }
}
