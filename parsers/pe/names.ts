/** Machines by their number ("PE Format", Machine Types): those that boot with EFI or run Windows. */
const MACHINES: ReadonlyMap<number, string> = new Map([
  [0x014c, 'x86'],
  [0x0200, 'Itanium'],
  [0x01c0, 'ARM'],
  [0x01c2, 'ARM Thumb'],
  [0x01c4, 'ARM Thumb-2'],
  [0x0ebc, 'EFI byte code'],
  [0x5032, 'RISC-V 32'],
  [0x5064, 'RISC-V 64'],
  [0x6232, 'LoongArch 32'],
  [0x6264, 'LoongArch 64'],
  [0x8664, 'x86-64'],
  [0xaa64, 'ARM64'],
])

/** Subsystems by their number ("PE Format", Windows Subsystem). */
const SUBSYSTEMS: ReadonlyMap<number, string> = new Map([
  [1, 'native'],
  [2, 'Windows GUI'],
  [3, 'Windows console'],
  [5, 'OS/2 console'],
  [7, 'POSIX console'],
  [9, 'Windows CE'],
  [10, 'EFI application'],
  [11, 'EFI boot service driver'],
  [12, 'EFI runtime driver'],
  [13, 'EFI ROM'],
  [14, 'Xbox'],
  [16, 'Windows boot application'],
])

export function machineName(machine: number): string {
  return MACHINES.get(machine) ?? `machine 0x${machine.toString(16)}`
}

export function subsystemName(subsystem: number): string {
  return SUBSYSTEMS.get(subsystem) ?? `subsystem ${subsystem}`
}
