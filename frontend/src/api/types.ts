/** The shapes of the API in the portal's own words. Everything here is derived from the generated document. */
import type { components } from './schema'

type Schemas = components['schemas']

export type Session = Schemas['SessionView']
export type Lab = Schemas['LabView']
export type Environment = Schemas['EnvironmentView']
export type Guide = Schemas['Guide']
export type Problem = Schemas['Problem']
export type Login = Schemas['Login']
export type Provider = Schemas['ProviderView']
export type ClassEnvironments = Schemas['ClassEnvironmentList']

export type Access = NonNullable<Environment['access']>
export type WebTab = Access['tabs'][number]
export type Start = NonNullable<Environment['start']>
export type Placement = NonNullable<Environment['placement']>
export type Receipt = NonNullable<Environment['receipt']>
export type Rest = NonNullable<Provider['resting']>
export type TimelineEntry = Environment['timeline'][number]
export type Status = Environment['status']
export type Stage = TimelineEntry['stage']
