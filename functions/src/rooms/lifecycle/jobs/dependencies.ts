// What the operations on background jobs need.
import type { Publish } from '../../../platform/publish.ts'
import type { Commit } from '../../../platform/store/commit.ts'
import type { Operate } from '../../../platform/store/operate.ts'
import type { Reader } from '../../../platform/store/reader.ts'

export interface JobsDependencies {
  readonly read: Reader
  readonly commit: Commit
  readonly operate: Operate
  readonly publish: Publish
}
