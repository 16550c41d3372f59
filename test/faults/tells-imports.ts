// Loaded before the app (node --import): says every file that is loaded, so that a test can see what is not.
import { registerHooks } from 'node:module'

registerHooks({
  load(url, context, nextLoad) {
    console.error(`loaded ${url}`)
    return nextLoad(url, context)
  },
})
