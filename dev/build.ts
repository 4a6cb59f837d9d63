// `npm run build`: the deployable `functions/lib`, and `sdk/dist` for services outside this repository.
import { bundleFunctions } from './build/bundle-functions.ts'
import { bundleSdk } from './build/bundle-sdk.ts'

const { files, bytes, changed } = await bundleFunctions()
console.log(`functions/lib: ${files} files, ${(bytes / 1_000).toFixed(0)} kB${changed ? '' : ', unchanged'}.`)
const sdk = await bundleSdk()
console.log(`sdk/dist: ${(sdk.bytes / 1_000).toFixed(0)} kB.`)
