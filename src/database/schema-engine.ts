// Prisma's own migration engine, as WebAssembly: no download, no process. Loaded only when something has to be done.
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { PrismaPg } from '@prisma/adapter-pg'
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  type SqlDriverAdapter,
} from '@prisma/driver-adapter-utils'
import type { SchemaEngine } from '@prisma/schema-engine-wasm'
import { Client, Pool } from 'pg'

type EngineModule = typeof import('@prisma/schema-engine-wasm/schema_engine_bg') & {
  __wbg_set_wasm(exports: WebAssembly.Exports): void
}

let loading: Promise<EngineModule> | undefined

/**
 * What the engine calls in JavaScript. Its limit of 10 s on waiting for its lock is a timer that it never clears, which
 * would keep a program from ending for as long.
 */
function bindingsOf(engine: EngineModule): object {
  const bindings: Record<string, unknown> = { ...engine }
  for (const name of Object.keys(bindings).filter((key) => key.startsWith('__wbg_setTimeout'))) {
    bindings[name] = (callback: () => void, ms: number) => setTimeout(callback, ms).unref()
  }
  return bindings
}

async function load(): Promise<EngineModule> {
  const entry = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm')
  const bytes = await readFile(join(dirname(entry), 'schema_engine_bg.wasm'))
  const engine: EngineModule = await import('@prisma/schema-engine-wasm/schema_engine_bg')
  const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': bindingsOf(engine) })
  engine.__wbg_set_wasm(instance.exports)
  // The engine looks for this when it breaks off, to say why.
  Object.assign(globalThis, {
    PRISMA_WASM_PANIC_REGISTRY: {
      set_message(message: string) {
        throw new Error(`Prisma's migration engine broke off: ${message}`)
      },
    },
  })
  const start = instance.exports.__wbindgen_start
  if (typeof start === 'function') start()
  return engine
}

// Columns of PostgreSQL's one-byte "char" type in the questions that the engine asks about a database.
const charColumns = ['constraint_type', 'confdeltype', 'confupdtype']

function readCharColumnsAsText(sql: string): string {
  return sql
    .replace('constr.contype AS constraint_type', 'constr.contype::text AS constraint_type')
    .replace(/\bcon\.(confdeltype|confupdtype)\b/g, 'con.$1::text AS $1')
}

/**
 * Two things that the adapter cannot do for the engine. It cuts a script at each semicolon, which cuts a function's body
 * in pieces: sent whole, PostgreSQL reads it itself and runs it as one transaction, so that a migration that fails
 * leaves nothing behind. And it does not know PostgreSQL's "char" type.
 */
function adapterForTheEngine(connectionString: string, pool: Pool, onScriptError: (error: unknown) => void) {
  const complete = (adapter: SqlDriverAdapter) => {
    const queryRaw = adapter.queryRaw.bind(adapter)
    adapter.queryRaw = async (query) => {
      const found = await queryRaw({ ...query, sql: readCharColumnsAsText(query.sql) })
      const columnTypes = found.columnTypes.map((type, index) =>
        charColumns.includes(found.columnNames[index] ?? '') ? ColumnTypeEnum.Character : type,
      )
      return { ...found, columnTypes }
    }
    adapter.executeScript = async (script) => {
      const client = new Client({ connectionString })
      client.on('error', () => {})
      await client.connect()
      try {
        await client.query(script)
      } catch (error) {
        onScriptError(error)
        throw error
      } finally {
        await client.end()
      }
    }
  }
  const factory = new PrismaPg(pool)
  const { connect } = factory
  factory.connect = async () => {
    const adapter = await connect.call(factory)
    complete(adapter)
    return adapter
  }
  return factory
}

/** Runs `work` with the engine, connected to a database. `schema` is the text of a schema.prisma, where it needs one. */
export async function withSchemaEngine<T>(
  connectionString: string,
  work: (engine: SchemaEngine) => Promise<T>,
  schema?: string,
): Promise<T> {
  loading ??= load()
  const { SchemaEngine } = await loading
  let scriptError: unknown
  const pool = new Pool({ connectionString, max: 2 })
  pool.on('error', () => {})
  const factory = bindMigrationAwareSqlAdapterFactory(
    adapterForTheEngine(connectionString, pool, (error) => {
      scriptError = error
    }),
  )
  const datamodels: [string, string][] | undefined = schema === undefined ? undefined : [['schema.prisma', schema]]
  try {
    const engine = await SchemaEngine.new({ datamodels }, () => {}, factory)
    try {
      return await work(engine)
    } finally {
      engine.free()
    }
  } catch (error) {
    // PostgreSQL's own words, which the engine does not pass on.
    throw scriptError ?? error
  } finally {
    await pool.end()
  }
}
