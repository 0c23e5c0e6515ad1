/** What a call of a route takes and answers, read out of the description of the API (`schema.d.ts`). */
import type { paths } from './schema'

export type Method = 'get' | 'post' | 'put' | 'delete'
export type AnyRoute = keyof paths

/** The routes that know a method. */
export type Route<M extends Method> = {
  [R in AnyRoute]: paths[R] extends Record<M, object> ? R : never
}[AnyRoute]

/** The routes that say when nothing has changed. */
export type PolledRoute = {
  [R in Route<'get'>]: paths[R]['get'] extends { responses: { 304: unknown } } ? R : never
}[Route<'get'>]

/** The routes that answer a table for spreadsheets when they are asked for one. */
export type TableRoute = {
  [R in Route<'get'>]: paths[R]['get'] extends { responses: { 200: { content: { 'text/csv': string } } } }
    ? R
    : never
}[Route<'get'>]

type Json = 'application/json'
type Operation<R extends AnyRoute, M extends Method> = M extends keyof paths[R] ? paths[R][M] : never

export type Call<M extends Method, R extends Route<M>> = PathOf<Operation<R, M>> &
  QueryOf<Operation<R, M>> &
  ConditionOf<Operation<R, M>> &
  BodyOf<Operation<R, M>> &
  Manner

/** The last argument of a call, which may be left out where the route needs nothing. */
export type CallOf<M extends Method, R extends Route<M>> =
  object extends Call<M, R> ? [call?: Call<M, R>] : [call: Call<M, R>]

/** What the portal decides about a call beside what the route takes. */
interface Manner {
  /** For what the API works on for longer, or what takes long to get there. */
  patient?: boolean
  /** Told without a session: being refused is then an answer, not the end of a session. */
  anonymous?: boolean
}

type PathOf<O> = O extends { parameters: { path: infer Path } } ? { path: Path } : { path?: never }

type QueryOf<O> = O extends { parameters: { query?: infer Query } }
  ? { query?: { [Name in keyof Query]: Query[Name] | null } }
  : { query?: never }

/** `ifMatch`: the mark of the record as it was read; the edit is refused when somebody else wrote since. */
type ConditionOf<O> = O extends { parameters: { header: { 'If-Match': string } } }
  ? { ifMatch: string }
  : { ifMatch?: never }

/** JSON goes as it is described, everything else as a file of that type. */
type BodyOf<O> = O extends { requestBody: { content: infer Content } }
  ? {
      [Type in keyof Content]: Type extends Json ? { body: Content[Type]; type?: never } : FileBody<Type>
    }[keyof Content]
  : { body?: never; type?: never }

interface FileBody<Type> {
  body: Blob
  type: Type
}

type Content<Answer> = Answer extends { content: Record<Json, infer Body> } ? Body : undefined
type Responses<O> = O extends { responses: infer All } ? All : never
type Good = 200 | 201 | 202 | 204

export type Answer<M extends Method, R extends Route<M>> = {
  [Code in keyof Responses<Operation<R, M>> & Good]: Content<Responses<Operation<R, M>>[Code]>
}[keyof Responses<Operation<R, M>> & Good]
