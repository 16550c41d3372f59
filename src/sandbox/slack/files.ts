// Files: what people put into a form, and what the app uploads in Slack's three steps.
import type { ClientFile } from './client-api.ts'
import type { Core } from './core.ts'
import { parsed } from './message-body.ts'
import { type Arguments, fail, type Methods, optional, required } from './method.ts'
import { findConversationId, membersOf, newId, post, type StoredFile } from './workspace.ts'

const mimetypes: Record<string, string> = {
  csv: 'text/csv',
  txt: 'text/plain',
  json: 'application/json',
  png: 'image/png',
  jpg: 'image/jpeg',
  html: 'text/html',
  zip: 'application/zip',
}

/** Keeps a file; `url_private` is where the app gets it with its token. */
export function storeFile(
  core: Core,
  given: { name: string; user: string; content: Buffer; title?: string },
): ClientFile {
  const { workspace } = core
  const id = newId('F')
  const name = given.name.replaceAll(/[/\\\r\n\0]/g, '_').slice(0, 255) || 'file'
  const filetype = name.includes('.') ? (name.split('.').at(-1)?.toLowerCase() ?? '') : 'binary'
  const created = Math.floor(workspace.now() / 1000)
  const url = `${core.origin()}/files-pri/${workspace.team.id}-${id}/${encodeURIComponent(name)}`
  const file: ClientFile = {
    ...{ id, created, timestamp: created, name, title: given.title ?? name, user: given.user },
    ...{ mimetype: mimetypes[filetype] ?? 'application/octet-stream', filetype, pretty_type: filetype.toUpperCase() },
    ...{ user_team: workspace.team.id, size: given.content.length, mode: filetype === 'csv' ? 'snippet' : 'hosted' },
    ...{ editable: false, is_external: false, external_type: '', is_public: false, file_access: 'visible' },
    ...{ url_private: url, url_private_download: url.replace('/files-pri/', '/files-pri/download/') },
    ...{ permalink: `${core.origin()}/files/${given.user}/${id}/${encodeURIComponent(name)}` },
  }
  workspace.files.set(id, { file, content: given.content })
  return file
}

/** The file that a path under /files-pri/ names. */
export function fileAt(core: Core, path: string): StoredFile | undefined {
  const id = /^\/files-pri\/(?:download\/)?[^/-]+-(F\w+)(?:\/|$)/.exec(path)?.[1]
  return id === undefined ? undefined : core.workspace.files.get(id)
}

/** The bytes of the first file in a multipart form, or the whole body of any other type. */
export function uploadedBytes(contentType: string, body: Buffer): Buffer {
  const boundary = /^multipart\/form-data;.*boundary="?([^";]+)"?/i.exec(contentType)?.[1]
  if (boundary === undefined) return body
  const start = body.indexOf('\r\n\r\n')
  const end = body.indexOf(`\r\n--${boundary}`, start)
  return start < 0 || end < 0 ? body : body.subarray(start + 4, end)
}

/** Takes the bytes of an announced upload; false for an unknown address or a length other than announced. */
export function receiveUpload(core: Core, path: string, content: Buffer): boolean {
  const stored = core.workspace.files.get(path.split('/').at(-1) ?? '')
  if (stored?.file.upload !== 'announced' || stored.file.size !== content.length) return false
  stored.content = content
  stored.file.upload = 'received'
  return true
}

function completed(core: Core, entry: unknown): ClientFile {
  const { id, title } = Object(entry) as { id?: unknown; title?: unknown }
  const stored = core.workspace.files.get(String(id))
  if (stored?.file.upload !== 'received') return fail(stored ? 'file_not_uploaded' : 'file_not_found')
  delete stored.file.upload
  if (typeof title === 'string') stored.file.title = title
  return stored.file
}

function share(core: Core, given: Arguments, reference: string, files: ClientFile[]): void {
  const { workspace } = core
  const channel = findConversationId(workspace, reference) ?? fail('channel_not_found')
  if (!membersOf(workspace, channel).includes(workspace.app.botUserId)) fail('not_in_channel')
  const text = optional(given, 'initial_comment') ?? ''
  post(workspace, { channel, user: workspace.app.botUserId, text, files, thread_ts: optional(given, 'thread_ts') })
}

export const fileMethods: Methods = {
  'files.getUploadURLExternal': {
    scope: 'files:write',
    run(core, given) {
      const name = required(given, 'filename')
      const length = Number(required(given, 'length'))
      if (!Number.isInteger(length) || length < 1)
        fail('invalid_arguments', ['[ERROR] length must be a positive number'])
      const file = storeFile(core, { name, user: core.workspace.app.botUserId, content: Buffer.alloc(0) })
      Object.assign(file, { size: length, upload: 'announced' })
      return { upload_url: `${core.origin()}/upload/v1/${file.id}`, file_id: file.id }
    },
  },
  'files.completeUploadExternal': {
    scope: 'files:write',
    run(core, given) {
      const entries = parsed(given.files)
      if (!Array.isArray(entries) || entries.length === 0)
        fail('invalid_arguments', ['[ERROR] missing required field: files'])
      const files = entries.map((entry) => completed(core, entry))
      const channels = optional(given, 'channel_id') ?? optional(given, 'channels')
      for (const channel of channels?.split(',') ?? []) share(core, given, channel, files)
      return { files }
    },
  },
  'files.info': {
    scope: 'files:read',
    run: (core, given) => ({ file: core.workspace.files.get(required(given, 'file'))?.file ?? fail('file_not_found') }),
  },
}
