/**
 * A terminal emulator answers questions that programs ask it (who are you, where is the cursor). When a stored screen
 * is drawn again the answers would be typed into a shell that asked long ago, so they are held back then.
 */
const REPORT =
  /^\u001b(?:\[[?>=]?[\d;]*[cnRty]|\[\?[\d;]+\$y|\][\s\S]*(?:\u0007|\u001b\\)|P[\s\S]*\u001b\\|\[[IO])$/

export function isTerminalReport(data: string): boolean {
  return REPORT.test(data)
}
