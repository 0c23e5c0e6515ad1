/** The shapes of everybody's and the trainee's routes: the API's own, by the names that the portal has for them. */
import type { components } from './schema'

type Schemas = components['schemas']

// Sessions

/** Who a session belongs to decides which half of the portal it opens. */
export type Session = Schemas['SessionView']
export type TraineeSession = Extract<Session, { kind: 'trainee' }>
export type InstructorSession = Extract<Session, { kind: 'instructor' }>
export type SessionClass = Schemas['ClassRef']

export type Login = Schemas['Login']
export type Redemption = Schemas['Redeem']
export type Joining = Schemas['Join']

// Labs

export type LabList = Schemas['LabList']
export type Lab = Schemas['LabView']
export type Play = Schemas['PlayView']
export type Message = Schemas['MessageView']
export type Guide = Schemas['Guide']

// Environments

export type Environment = Schemas['EnvironmentView']
export type Status = Schemas['Status']
export type Stage = Schemas['Stage']
export type TimelineEntry = Schemas['TimelineEntry']
export type Start = Schemas['StartView']
export type Placement = Schemas['PlacementView']
export type Access = Schemas['AccessView']
export type WebTab = Schemas['TabView']
export type Check = Schemas['Check']
export type Checks = Schemas['ChecksView']
export type Hand = Schemas['Hand']
export type HandRaised = Schemas['RaiseHand']
export type Viewing = Schemas['ViewingView']
export type ViewingPolicy = Schemas['ViewingPolicy']
export type ViewingAnswer = Schemas['ViewingAnswer']
export type Receipt = Schemas['Receipt']

/** What happens to an environment while somebody works in it, beside its lifecycle. */
export type Aside = Extract<
  Stage,
  | 'check-passed'
  | 'extended'
  | 'hand-raised'
  | 'hand-lowered'
  | 'viewing-asked'
  | 'viewing-allowed'
  | 'viewing-refused'
>

// Providers and problems

export type Provider = Schemas['ProviderView']
export type ProviderKind = Schemas['ProviderKind']
export type Rest = Schemas['RestView']
export type Problem = Schemas['Problem']
