// What the room of access needs.
import type { DrawId } from '../../platform/random.ts'
import type { Commit } from '../../platform/store/commit.ts'
import type { Project } from '../../platform/store/project.ts'
import type { Reader } from '../../platform/store/reader.ts'
import type { CatalogueStore } from './facts/catalogue-store.ts'
import type { LoadFacts } from './facts/load-facts.ts'

export interface AccessDependencies {
  readonly commit: Commit
  readonly project: Project
  readonly drawId: DrawId
  readonly read: Reader
  readonly loadFacts: LoadFacts
  readonly catalogues: CatalogueStore
}
