/** Why an environment failed, as a heading, and the way on for whoever wanted it. The API's own message says it in detail. */
export interface FailureWording {
  title: string
  advice: string
}

const FAILURES = new Map<string, FailureWording>(
  Object.entries({
    no_placement: {
      title: 'No place had a machine for you',
      advice:
        'Places fill and empty: press Play again in a few minutes, and tell your instructor if it stays so.',
    },
    start_timed_out: {
      title: 'It took too long to start',
      advice: 'Press Play again. Tell your instructor if the next one does not start either.',
    },
    provider_unauthorized: {
      title: 'The provider refused to start it',
      advice:
        'Tell your instructor: the operator has to give this installation a new token. Play works again once that is done.',
    },
    not_offered: {
      title: 'Its machine is not to be had',
      advice:
        'Tell your instructor: the lab has to ask for a machine that its provider offers. Then press Play again.',
    },
    setup_failed: {
      title: 'The lab could not be set up',
      advice:
        'Press Play for a fresh machine. If it fails in the same way, show your instructor what it said.',
    },
    machine_lost: {
      title: 'The machine was lost',
      advice: 'Press Play for a new one. What was only on the lost machine cannot be brought back.',
    },
    provider_silent: {
      title: 'Not proven gone yet',
      advice:
        'You need not wait: press Play for a new machine. The receipt appears here by itself once the provider has answered.',
    },
  }),
)

const UNFORESEEN: FailureWording = {
  title: 'This one did not work out',
  advice: 'Press Play again, and tell your instructor if it happens once more.',
}

export function failureWording(code: string | undefined): FailureWording {
  return FAILURES.get(code ?? '') ?? UNFORESEEN
}

/** The API's messages are parts of sentences; on a page of its own one begins with a capital and ends with a full stop. */
export function sentence(text: string): string {
  const trimmed = text.trim()
  const begun = trimmed.charAt(0).toUpperCase() + trimmed.slice(1)
  return /[.!?…]$/.test(begun) ? begun : `${begun}.`
}
