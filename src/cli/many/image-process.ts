import { endProgress } from '../progress.ts'
import { beQuiet } from '../quiet.ts'
import { answerAbout } from './answer-image.ts'
import type { ImageQuestion } from './image-processes.ts'

// The script of a process that answers about images for another one, and ends with it.

// Lines of several processes would overwrite each other.
endProgress()

process.on('message', async (question) => {
  const { image, request } = question as ImageQuestion
  beQuiet(request.options.quiet === true)
  process.send!(await answerAbout(image, request))
})
