// The operations of the function `access`: questions, and their answers.
import type { App } from '../app.ts'
import type { AnyOperation } from '../guard/definition.ts'
import { checkAccess } from '../rooms/access/questions/check-access.ts'
import { explainAccess } from '../rooms/access/questions/explain-access.ts'
import { recentDenials } from '../rooms/access/questions/recent-denials.ts'
import { simulateToken } from '../rooms/access/questions/simulate-token.ts'
import { whatCan } from '../rooms/access/questions/what-can.ts'
import { whoCan } from '../rooms/access/questions/who-can.ts'
import { findKey } from '../rooms/credentials/use/find-key.ts'

export const operations = (app: App): readonly AnyOperation[] => [
  checkAccess(app),
  explainAccess({ ...app, findKey }),
  whoCan(app),
  whatCan(app),
  simulateToken({
    loadFacts: app.loadFacts,
    findKey,
    issuer: app.config?.issuer ?? '',
    audience: app.config?.apiAudience ?? '',
  }),
  recentDenials(),
]
