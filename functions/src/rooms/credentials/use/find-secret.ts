// Looks a secret up by its id and compares hashes in constant time; an unknown id costs the same as a wrong secret.
import type { ParsedSecret } from '@latchkey/core/credentials/secret-format'
import { sameDigest, sha256 } from '../../../platform/seal.ts'
import type { DocumentFields, Reader } from '../../../platform/store/reader.ts'

export const credentialPath = (id: string): string => `credentials/${id}`

// No secret hashes to this: it is what unknown ids are compared with (CATALOGUE C-006).
const dummy = sha256('no such credential')

/** The stored fields when the secret matches and is of the kind that its text says; says nothing about status or expiry. */
export const findSecret = async (read: Reader, secret: ParsedSecret): Promise<DocumentFields | undefined> => {
  const [fields] = await read.getAll([credentialPath(secret.id)])
  return ifMatching(fields, secret)
}

/** The fields that were read at the secret's id. */
export const ifMatching = (fields: DocumentFields | undefined, secret: ParsedSecret): DocumentFields | undefined => {
  const matches = sameDigest(sha256(secret.text), typeof fields?.['hash'] === 'string' ? fields['hash'] : dummy)
  return matches && fields?.['kind'] === secret.kind ? fields : undefined
}
