import { outliveSignals } from '../interruption.ts'
import { endProgress } from '../progress.ts'
import { beQuiet } from '../quiet.ts'
import { answerAbout } from './answer-image.ts'
import { type ImageQuestion, OUTLIVES } from './image-processes.ts'

// The script of a process that answers about images for another one, and ends with it.

// Lines of several processes would overwrite each other.
endProgress()
if (process.argv.includes(OUTLIVES)) outliveSignals()

process.on('message', async (question) => {
  const { image, request } = question as ImageQuestion
  beQuiet(request.options.quiet === true)
  const answer = await answerAbout(image, request)
  // Who asked may have been killed. What is written counts nevertheless.
  process.send!(answer, () => {})
})
