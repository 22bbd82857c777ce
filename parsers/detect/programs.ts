import { hex } from '../bytes/errors.ts'
import { Problems } from '../bytes/problems.ts'
import { elfFile } from '../elf/elf-file.ts'
import { raucBundle } from '../rauc/bundle.ts'
import { sifFile } from '../sif/sif-file.ts'
import { type Recogniser, textAt } from './foreign-file.ts'

/** Recognises an ELF file in which we found no squashfs at the place where an AppImage has one. */
export const recogniseElf: Recogniser = (source) => {
  const elf = elfFile(source)
  if (elf === undefined) return undefined
  const { end } = elf
  const { appImageType } = elf.header
  if (appImageType !== 2) return { what: 'an ELF program', advice: 'it has no files to list', offset: 0 }
  if (end >= source.size) {
    const what = `an AppImage that is cut short: its squashfs begins at ${hex(end)}, but the file has only ${source.size} bytes`
    return { what, advice: 'download it again', offset: 0 }
  }
  const what = textAt(source, end, 6) === 'DWARFS' ? 'has a DwarFS file system' : 'has no squashfs'
  return { what: `an AppImage that ${what} at ${hex(end)}, where its program ends`, offset: 8 }
}

/** Recognises a SIF container in which we found no squashfs. */
export const recogniseSif: Recogniser = (source, file) => {
  const sif = sifFile(source, new Problems(source))
  if (sif === undefined) return undefined
  const partition = sif.objects.find(({ isPrimary }) => isPrimary) ?? sif.objects.find((object) => object.fileSystem)
  const what = 'a Singularity container (SIF)'
  if (partition === undefined) return { what: `${what} in which we found no squashfs`, offset: 32 }
  const { offset, fileSystem, isSquashfs } = partition
  if (isSquashfs)
    return { what: `${what} without a squashfs at ${hex(offset)}, where its descriptor places one`, offset: 32 }
  const advice = `apptainer exec ${file()} ls / lists its files`
  return { what: `${what} whose partition at ${hex(offset)} holds ${fileSystem}`, advice, offset: 32 }
}

/** Recognises a bundle of RAUC in which we found no squashfs. */
export const recogniseRauc: Recogniser = (source, file) => {
  const bundle = raucBundle(source, undefined, new Problems(source))
  if (bundle === undefined) return undefined
  const { offset } = bundle.signature
  const advice = `rauc extract ${file()} DIRECTORY decrypts it, with the key`
  return { what: 'a RAUC bundle whose content is encrypted (format crypt)', advice, offset }
}
