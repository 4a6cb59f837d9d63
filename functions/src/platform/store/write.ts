// One write as data, and the applying of a list of them.
import {
  FieldPath,
  FieldValue,
  type Firestore,
  type Timestamp,
  type Transaction,
  type WriteBatch,
} from '@google-cloud/firestore'
import { invariant } from '@latchkey/core/kernel/invariant'
import { collectionOf, type Door, fieldsAt, mayWrite } from './collections.ts'
import { withSweepField } from './expiring.ts'
import type { DocumentFields } from './reader.ts'
import { withRemindField } from './reminded.ts'
import { type Revision, timestampAt } from './revision.ts'

export type Write =
  /** Fails when the document is there. */
  | { readonly kind: 'create'; readonly path: string; readonly fields: DocumentFields }
  /** Replaces the whole document. */
  | { readonly kind: 'set'; readonly path: string; readonly fields: DocumentFields }
  /** Replaces the named top-level fields, and takes away those that are undefined; fails when the document is not there, or was written after `unchangedSince`. */
  | {
      readonly kind: 'update'
      readonly path: string
      readonly fields: DocumentFields
      readonly unchangedSince?: Revision
    }
  /** Replaces the named top-level fields, making the document when it is not there. */
  | { readonly kind: 'merge'; readonly path: string; readonly fields: DocumentFields }
  /** Fails when it was written after it was read at `unchangedSince`. */
  | { readonly kind: 'delete'; readonly path: string; readonly unchangedSince?: Timestamp }

const guardDoor = (door: Door, write: Write): void => {
  invariant(mayWrite(door, write.path), `${door} may not write ${write.path}`)
  invariant(
    door !== 'sweep' || (write.kind === 'delete' && write.unchangedSince !== undefined),
    `${door} may only remove ${write.path}, and only unchanged`,
  )
  const allowed = fieldsAt[door]?.[collectionOf(write.path)]
  if (allowed === undefined) return
  invariant(write.kind === 'update', `${door} may only update ${write.path}`)
  for (const field of Object.keys(write.fields)) invariant(allowed.includes(field), `${door} may not write ${field}`)
}

export interface Applying {
  readonly firestore: Firestore
  readonly door: Door
}

/** Adds every write to a transaction or batch, after checking that this door may make it. */
export const applyWrites = (
  to: Transaction | WriteBatch,
  writes: readonly Write[],
  { firestore, door }: Applying,
): void => {
  const target = to as WriteBatch // both have the same four methods; only their return types differ
  for (const write of writes) {
    guardDoor(door, write)
    const ref = firestore.doc(write.path)
    if (write.kind === 'delete') {
      target.delete(ref, write.unchangedSince === undefined ? {} : { lastUpdateTime: write.unchangedSince })
      continue
    }
    const whole = write.kind === 'create' || write.kind === 'set'
    const fields = withRemindField(write.path, withSweepField(write.path, write.fields, whole), whole)
    if (write.kind === 'create') target.create(ref, fields)
    else if (write.kind === 'set') target.set(ref, fields)
    else if (write.kind === 'merge') target.set(ref, fields, { mergeFields: fieldPaths(fields) })
    else updateFields(target, ref, fields, write.unchangedSince)
  }
}

const fieldPaths = (fields: DocumentFields): FieldPath[] => Object.keys(fields).map((field) => new FieldPath(field))

const updateFields = (
  target: WriteBatch,
  ref: ReturnType<Firestore['doc']>,
  fields: DocumentFields,
  unchangedSince: Revision | undefined,
): void => {
  const [first, ...rest] = Object.entries(fields).map(
    ([field, value]) => [new FieldPath(field), value === undefined ? FieldValue.delete() : value] as const,
  )
  invariant(first !== undefined, 'an update names at least one field')
  const precondition = unchangedSince === undefined ? [] : [{ lastUpdateTime: timestampAt(unchangedSince) }]
  target.update(ref, first[0], first[1], ...rest.flat(), ...precondition)
}
