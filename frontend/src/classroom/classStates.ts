/** The words and the tone of every state that a class can be in. */
import type { ClassState } from '@/api/adminTypes'

interface Wording {
  label: string
  tone: 'plain' | 'good' | 'attention' | 'bad'
  /** What it means for trainees. */
  meaning: string
}

export const CLASS_STATES: Record<ClassState, Wording> = {
  upcoming: {
    label: 'Upcoming',
    tone: 'attention',
    meaning: 'Trainees can sign in; Play opens with the class.',
  },
  open: { label: 'Open', tone: 'good', meaning: 'Trainees can play.' },
  closed: { label: 'Closed', tone: 'plain', meaning: 'Its dates are over: nothing new can be started.' },
  archived: { label: 'Archived', tone: 'plain', meaning: 'Nobody signs in to it; all can still be read.' },
  deleting: { label: 'Being deleted', tone: 'bad', meaning: 'All of its data is being deleted.' },
}
