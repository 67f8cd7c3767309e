/** How each command here ends that was called wrongly. */
export const usageStatus = 2;

/** Says what is wrong in how a command was called, and where its help is. */
export function refuse(command: 'audit' | 'bench' | 'crowd', faults: string): typeof usageStatus {
  console.error(`${faults}\nTry: npm run ${command} -- --help`);
  return usageStatus;
}
