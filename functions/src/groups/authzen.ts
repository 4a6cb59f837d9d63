// AuthZEN's operations, which answer at paths of their own, and the document that says where.
import type { App } from '../app.ts'
import type { AnyOperation } from '../guard/definition.ts'
import type { PublicDocument } from '../guard/doors/public-document.ts'
import { evaluation, evaluations } from '../rooms/access/authzen/evaluations.ts'
import { authzenConfiguration } from '../rooms/access/authzen/metadata.ts'
import { searchAction, searchResource, searchSubject } from '../rooms/access/authzen/searches.ts'

export const operations = (app: App): readonly AnyOperation[] =>
  [evaluation, evaluations, searchSubject, searchResource, searchAction].map((make): AnyOperation => make(app))

/** Public documents by path. */
export const documents = (app: App): ReadonlyMap<string, PublicDocument> =>
  new Map([
    [
      '/.well-known/authzen-configuration',
      {
        contentType: 'application/json',
        maxAge: undefined,
        read: () => authzenConfiguration(app.config.authzOrigin),
      },
    ],
  ])
