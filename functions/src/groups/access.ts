// The operations of the function `access`: questions, and their answers.
import type { App } from '../app.ts'
import type { AnyOperation } from '../guard/definition.ts'
import { checkAccess } from '../rooms/access/questions/check-access.ts'

export const operations = (app: App): readonly AnyOperation[] => [
  checkAccess({ read: app.store.read, loadFacts: app.loadFacts }),
]
