// The table of contents: one line per deployed function.
import { onRequest } from 'firebase-functions/https'
export const api = onRequest({ region: 'us-central1' }, (_request, response) => void response.json({ ok: true }))
