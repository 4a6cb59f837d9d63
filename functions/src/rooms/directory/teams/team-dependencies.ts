// What teams need of what the directory is given.
import type { DirectoryDependencies } from '../dependencies.ts'

export type TeamDependencies = Pick<
  DirectoryDependencies,
  'commit' | 'read' | 'drawId' | 'loadFacts' | 'stillCounts' | 'readGrants'
>
