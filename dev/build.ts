// `npm run build`: the deployable `functions/lib`.
import { bundleFunctions } from './build/bundle-functions.ts'

const { files, bytes, changed } = await bundleFunctions()
console.log(`functions/lib: ${files} files, ${(bytes / 1_000).toFixed(0)} kB${changed ? '' : ', unchanged'}.`)
