// Opens Firestore; the client connects at its first call, so opening costs nothing.
import { Firestore } from '@google-cloud/firestore'
import { type Commit, firestoreCommit } from './commit.ts'
import { firestoreOperate, type Operate } from './operate.ts'
import { firestoreProject, type Project } from './project.ts'
import { type Reader, strictReader } from './reader.ts'

export interface Store {
  readonly read: Reader
  readonly commit: Commit
  readonly project: Project
  readonly operate: Operate
  readonly close: () => Promise<void>
}

/** Beside an emulator the client finds it by FIRESTORE_EMULATOR_HOST, which overrules any setting. */
export const openStore = (projectId: string): Store => {
  const firestore = new Firestore({ projectId })
  return {
    read: strictReader(firestore),
    commit: firestoreCommit(firestore),
    project: firestoreProject(firestore),
    operate: firestoreOperate(firestore),
    close: () => firestore.terminate(),
  }
}
